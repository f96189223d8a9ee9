import type { Observable, Subscription } from 'rxjs';
import { runFor } from '../../../operators/internal/heldUp.ts';

/** Calls back when something has come to its end, which is all that it tells. `work`: what waits for that, for whoever looks. */
export function whenDone(source$: Observable<never>, done: () => void, work?: object): Subscription {
  return runFor(work, () => source$.subscribe({ complete: done, error: done }));
}
