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
  const safely =
    <V>(handle: (signal: V) => void) =>
    (signal: V): void => {
      try {
        handle(signal);
      } catch (thrown) {
        downstream.error(thrown);
      }
    };

  return new Observable<T>((upstream) => {
    downstream.add(upstream);
    return from(source).subscribe(upstream);
  }).subscribe({ next: safely(next), error: safely(error), complete: safely<void>(complete) });
}
