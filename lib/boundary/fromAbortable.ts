import { Observable, type ObservableInput } from 'rxjs';
import { listen } from '../../operators/internal/listen.ts';

/** What else may cancel the work of {@link fromAbortable}. */
export interface AbortableOptions {
  /** Cancels like unsubscribing, and errors with the signal's reason. Already aborted: nothing is started. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a stream of work that is cancelled by an AbortSignal, as most promises are.
 *
 * - **Emits** what the work gives: the value of a promise, the values of an Observable.
 * - **Holds** nothing.
 * - **Completes** when the work is done.
 * - **Errors** with the error of the work, with what `start` throws, or with the reason of an aborted `signal`; each
 *   aborts the signal given to `start`, so that nothing the work has begun goes on.
 * - **Unsubscribing** aborts it as well.
 *
 * `start` is called once per subscription.
 *
 * @example
 * const page$ = fromAbortable((signal) => fetch(url, { signal }).then((answer) => answer.json()));
 */
export function fromAbortable<T>(
  start: (signal: AbortSignal) => ObservableInput<T>,
  options: AbortableOptions = {},
): Observable<T> {
  const { signal } = options;

  return new Observable((subscriber) => {
    const work = new AbortController();
    const cancel = () => subscriber.error(signal?.reason);
    let done = false;

    if (signal?.aborted === true) {
      cancel();
      return;
    }
    signal?.addEventListener('abort', cancel, { once: true });
    subscriber.add(() => {
      signal?.removeEventListener('abort', cancel);
      if (!done) work.abort(signal?.reason); // what is done may still be read, such as the body of an answer
    });

    listen(start(work.signal), subscriber, {
      next: (value) => subscriber.next(value),
      complete: () => {
        done = true;
        subscriber.complete();
      },
    });
  });
}
