import { asapScheduler, defer, EMPTY, subscribeOn, type Observable, type ObservableInput } from 'rxjs';

/** Calls a handler in a turn of its own, so that whoever hands something over never waits for what the handler does. */
export function inTurn(call: () => ObservableInput<unknown> | void): Observable<unknown> {
  return defer(() => call() ?? EMPTY).pipe(subscribeOn(asapScheduler));
}
