import { Observable } from 'rxjs';
import type { WalkQuery } from './aggregate.ts';
import { openSession } from './session.ts';
import type { Settings } from './settings.ts';
import { createWalk } from './walk.ts';

/** Most items between two looks at whether the subscriber is still there. */
const LOT = 1_024;

/** Item after item to the end. A source that fails ends it, for there is no page that could say what is missing. */
export function readItems<T, Q>(settings: Settings<T, Q>, query: WalkQuery<Q>): Observable<T> {
  return new Observable((subscriber) => {
    const { walk: walkOptions } = openSession(settings, query);
    const walk = createWalk({
      ...walkOptions,
      onSourceFailure: 'fail',
      prefetch: settings.prefetch,
      kept: () => undefined,
    });
    subscriber.add(walk.stop);
    walk.run(LOT, {
      items(items) {
        for (const item of items) {
          if (subscriber.closed) return;
          subscriber.next(item);
        }
      },
      done: () => subscriber.complete(),
      failed: (error) => subscriber.error(error),
    });
  });
}
