import { defer, EMPTY } from 'rxjs';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import { compileCondition, type Condition } from './condition.ts';
import type { Filter } from './filter.ts';

/** What {@link matchFilter} does besides. */
export interface MatchOptions {
  /** Takes every event that is let go. */
  readonly onDrop?: ((event: RoutedEvent) => void) | undefined;
}

/**
 * Hands on the events whose payload meets a condition. The others are acknowledged and go no further.
 *
 * @example
 * matchFilter({ all: [{ path: 'kind', in: ['order', 'refund'] }, { not: { path: 'test', exists: true } }] });
 */
export function matchFilter(condition: Condition, options: MatchOptions = {}): Filter<RoutedEvent> {
  const { onDrop = () => undefined } = options;
  const test = compileCondition(condition);

  return (event, next) =>
    defer(() => {
      if (test(event.payload)) return next(event);
      onDrop(event);
      return EMPTY;
    });
}
