import { Subject, takeUntil, type Observable } from 'rxjs';

/** What belongs to the iterator of {@link pull} besides its values. */
export interface PullOptions {
  /** Called once, when nobody will pull any more: at the end, on an error, on `return` and on abort. */
  readonly close: () => void;
  /** Ends the iterator with an error: the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const END = { done: true, value: undefined } as const;

/**
 * An iterator that subscribes once per pull: `next$` brings one value each time, and none when there are no more.
 *
 * Pulls that overlap wait for each other. `return` settles at once and cancels the pull under way, which an async
 * generator cannot do: it would wait for the pull first.
 */
export function pull<T>(next$: Observable<T>, { close, signal }: PullOptions): AsyncIterator<T, undefined> {
  const left$ = new Subject<void>();
  let latest: Promise<unknown> = Promise.resolve();
  let isOver = false;

  const finish = () => {
    if (isOver) return;
    isOver = true;
    signal?.removeEventListener('abort', abort);
    close();
  };
  const abort = () => {
    finish();
    left$.error(signal?.reason);
  };

  const one = (): Promise<IteratorResult<T, undefined>> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason);
        return;
      }
      if (isOver) {
        resolve(END);
        return;
      }
      let isLast = true;
      next$.pipe(takeUntil(left$)).subscribe({
        next: (value) => {
          isLast = false;
          resolve({ done: false, value });
        },
        error: (error: unknown) => {
          finish();
          reject(error);
        },
        complete: () => {
          if (!isLast) return;
          finish();
          resolve(END);
        },
      });
    });

  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();

  return {
    next() {
      const pulled = latest.then(one, one);
      latest = pulled;
      return pulled;
    },
    return() {
      finish();
      left$.next();
      return Promise.resolve(END);
    },
  };
}
