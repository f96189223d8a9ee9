import type { Subscriber } from 'rxjs';
import type { Stretch } from './stretch.ts';
import type { WalkEvents } from './walk.ts';

/** Ends a subscriber with what a stretch makes, or with the error of making it. */
export function settleWith<T, R>(subscriber: Subscriber<R>, make: (stretch: Stretch<T>) => R): WalkEvents<T> {
  return {
    done(stretch) {
      let result: R;
      try {
        result = make(stretch);
      } catch (thrown) {
        subscriber.error(thrown);
        return;
      }
      subscriber.next(result);
      subscriber.complete();
    },
    failed: (error) => subscriber.error(error),
  };
}
