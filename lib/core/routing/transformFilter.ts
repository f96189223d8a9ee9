import { defer } from 'rxjs';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Filter } from './filter.ts';
import { compileStep, type TransformStep } from './transformStep.ts';

/**
 * Hands on each event with a payload that the steps, one after the other, have made of its own. The payload that came in
 * stays as it is: what changes is copied. A step that a payload does not allow fails the event with TransformError.
 *
 * @example
 * transformFilter([{ pick: ['order.id', 'order.total'] }, { rename: { order: 'sale' } }, { set: { 'sale.seen': true } }]);
 */
export function transformFilter(steps: readonly TransformStep[]): Filter<RoutedEvent> {
  const changes = steps.map((step, i) => compileStep(step, `steps[${i}]`));

  return (event, next) =>
    defer(() => next({ ...event, payload: changes.reduce((payload, change) => change(payload), event.payload) }));
}
