import { Observable, ReplaySubject } from 'rxjs';
import { OverflowError } from '../../operators/errors.ts';
import { checkInteger } from '../../operators/internal/checkOption.ts';

/** What was dropped, as a stream: what came before it is subscribed to comes at once. */
export type Drops<T> = Observable<T> & {
  /** Hand it to whatever drops: `onDrop: dropped.take`. */
  readonly take: (value: T) => void;
};

/** How much {@link drops} holds. */
export interface DropsOptions {
  /** Most values; one more errors with OverflowError. Default: 10 000. */
  readonly bufferSize?: number | undefined;
}

/**
 * Turns a callback for what is dropped into a stream that a test can expect.
 *
 * - **Emits** each value when it is dropped.
 * - **Holds** all of them, at most `bufferSize`.
 * - **Completes** never.
 * - **Errors** with OverflowError when there are more.
 * - **Unsubscribing** stops listening; what is dropped is still held.
 *
 * @example
 * const dropped = drops<string>();
 * const out$ = source$.pipe(mergeMapBounded(send, { concurrency: 1, bufferSize: 1, overflow: 'dropOldest', onDrop: dropped.take }));
 *
 * expectObservable(out$).toBe('    ----A---C|');
 * expectObservable(dropped).toBe(' --b');
 */
export function drops<T>(options: DropsOptions = {}): Drops<T> {
  const { bufferSize = 10_000 } = options;
  checkInteger('bufferSize', bufferSize, 1);
  const dropped$ = new ReplaySubject<T>(bufferSize);
  let count = 0;
  const take = (value: T) => {
    if (count++ < bufferSize) dropped$.next(value);
    else dropped$.error(new OverflowError('drops', bufferSize));
  };
  return Object.assign(new Observable<T>((subscriber) => dropped$.subscribe(subscriber)), { take });
}
