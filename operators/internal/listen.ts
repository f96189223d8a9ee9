import { from, Observable, type ObservableInput, type Subscriber, type Subscription } from 'rxjs';

/** What a stage does with its source's signals. Those left out go straight downstream. */
export interface Listener<T> {
  readonly next: (value: T) => void;
  readonly error?: (error: unknown) => void;
  readonly complete?: () => void;
}

/**
 * Subscribes to `source` on behalf of `downstream`, as every hand-written operator must:
 *
 * - both subscriptions are tied before the source can emit, so that `take(1)` stops a synchronous source;
 * - what a handler throws goes down the error channel;
 * - signals without a handler are forwarded.
 */
export function listen<T>(source: ObservableInput<T>, downstream: Subscriber<unknown>, on: Listener<T>): Subscription {
  const { next, error = (failure) => downstream.error(failure), complete = () => downstream.complete() } = on;
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (thrown) {
      downstream.error(thrown);
    }
  };

  return new Observable<T>((upstream) => {
    downstream.add(upstream);
    return from(source).subscribe(upstream);
  }).subscribe({
    next: (value) => {
      try {
        next(value); // not by way of attempt: a closure per value
      } catch (thrown) {
        downstream.error(thrown);
      }
    },
    error: (failure: unknown) => attempt(() => error(failure)),
    complete: () => attempt(complete),
  });
}
