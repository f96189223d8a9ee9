import { catchError, concat, defer, EMPTY, from, map, throwError, type Observable } from 'rxjs';
import { mergeMapBounded } from '../../../operators/mergeMapBounded.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { pointerOf, valueAt } from '../../boundary/valueAt.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Filter } from './filter.ts';
import { SplitError } from './routingFailure.ts';

/** What {@link splitFilter} makes parts of. */
export interface SplitOptions {
  /** Leads to a list in the payload; '' is the whole payload. Default: ''. */
  readonly path?: string | undefined;
  /** Most parts of one event; an event of more fails. Default: 1 000. */
  readonly maxParts?: number | undefined;
  /** Most parts of one event that are on their way at the same time. Where a batch comes after, not below its size. Default: 16. */
  readonly concurrency?: number | undefined;
}

/**
 * Hands on an event per element of a list, whose payload is that element and whose id is that of the event and the number
 * of the element: `id.0`, `id.1`. The event is delivered once all its parts are. A part that fails takes none of the
 * others with it; when all have ended, the event fails with SplitError, which names the parts that failed.
 */
export function splitFilter(options: SplitOptions = {}): Filter<RoutedEvent> {
  const { path = '', maxParts = 1_000, concurrency = 16 } = options;
  checkInteger('maxParts', maxParts, 1);
  checkInteger('concurrency', concurrency, 1);

  const partsOf = (payload: unknown): readonly unknown[] => {
    const list = valueAt(path, payload);
    if (!Array.isArray(list))
      throw new SplitError(`${pointerOf(path) || 'the payload'} is not a list: nothing to split`);
    if (list.length > maxParts) throw new SplitError(`a list of ${list.length} parts, at most ${maxParts} are allowed`);
    return list;
  };

  return (event, next) =>
    defer(() => {
      const parts = partsOf(event.payload);
      const failures = new Map<number, unknown>();
      const parts$ = from(parts).pipe(
        map((payload, i) => ({ ...event, id: `${event.id}.${i}`, payload })),
        mergeMapBounded((part, i) => defer(() => next(part)).pipe(catchError(noted(failures, i))), {
          concurrency,
          bufferSize: maxParts,
        }),
      );
      const outcome$ = defer(() =>
        failures.size === 0 ? EMPTY : throwError(() => undelivered(failures, parts.length)),
      );
      return concat(parts$, outcome$);
    });
}

function noted(failures: Map<number, unknown>, part: number): (failure: unknown) => Observable<never> {
  return (failure) => {
    failures.set(part, failure);
    return EMPTY;
  };
}

function undelivered(failures: ReadonlyMap<number, unknown>, parts: number): SplitError {
  const failed = [...failures.keys()].sort((a, b) => a - b);
  const cause = failures.get(failed[0]!);
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SplitError(`${failed.length} of ${parts} parts were not delivered: ${reason}`, failed, { cause });
}
