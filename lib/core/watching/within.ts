import { Observable, type MonoTypeOperatorFunction } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import { listen } from '../../../operators/internal/listen.ts';

/** Errors with what `late` makes when the source has not ended `limitMs` after it was subscribed to. */
export function within<T>(limitMs: number, late: () => Error): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      subscriber.add(after(limitMs, () => subscriber.error(late())));
      listen(source, subscriber, { next: (value) => subscriber.next(value) });
    });
}
