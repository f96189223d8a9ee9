import { Observable } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';

/** Emits once, `delayMs` from when it is subscribed to, and completes. Longer than a timer can wait is fine. */
export function wait(delayMs: number): Observable<void> {
  return new Observable((subscriber) => {
    subscriber.add(
      after(delayMs, () => {
        subscriber.next();
        subscriber.complete();
      }),
    );
  });
}
