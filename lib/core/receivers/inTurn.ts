import { asapScheduler, defer, EMPTY, subscribeOn, type Observable } from 'rxjs';
import type { Handled } from '../../contracts/handled.ts';

/** Calls a handler in a turn of its own, so that whoever hands something over never waits for what the handler does. */
export function inTurn(call: () => Handled): Observable<unknown> {
  return defer(() => call() ?? EMPTY).pipe(subscribeOn(asapScheduler));
}
