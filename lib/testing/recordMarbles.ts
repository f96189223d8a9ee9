import { asyncScheduler, defer, map, materialize, type Observable, toArray } from 'rxjs';
import { OverflowError } from '../../operators/errors.ts';
import type { MarbleRun } from './marbleRun.ts';
import { printMarbles } from './printMarbles.ts';

/** How much {@link recordMarbles} records. */
export interface RecordOptions {
  /** Most notifications. Default: 10 000. */
  readonly bufferSize?: number | undefined;
}

/**
 * Turns a live run into a diagram and its values, to paste into a marble test. A frame is a millisecond since it was subscribed to.
 *
 * - **Emits** the run, once.
 * - **Holds** all that was emitted, at most `bufferSize` notifications.
 * - **Completes** when the source has completed or failed; a failure is part of the run.
 * - **Errors** with OverflowError when the source emits more.
 * - **Unsubscribing** unsubscribes from the source. For what never ends, say when: `source$.pipe(takeUntil(timer(100)))`.
 *
 * @example
 * recordMarbles(interval(20).pipe(take(2))).subscribe(({ rows, values }) => console.log(rows, values));
 * // ['20ms a 19ms (b|)'] { a: 0, b: 1 }
 */
export function recordMarbles(source$: Observable<unknown>, options: RecordOptions = {}): Observable<MarbleRun> {
  const { bufferSize = 10_000 } = options;
  return defer(() => {
    const from = asyncScheduler.now();
    return source$.pipe(
      materialize(),
      map((notification, count) => {
        if (count === bufferSize) throw new OverflowError('recordMarbles', bufferSize);
        return { frame: asyncScheduler.now() - from, notification };
      }),
      toArray(),
      map(printMarbles),
    );
  });
}
