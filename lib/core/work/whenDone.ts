import type { Observable, Subscription } from 'rxjs';

/** Calls back when something has come to its end, which is all that it tells. */
export function whenDone(source$: Observable<never>, done: () => void): Subscription {
  return source$.subscribe({ complete: done, error: done });
}
