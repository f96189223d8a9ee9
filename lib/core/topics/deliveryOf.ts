import { map, startWith } from 'rxjs';
import type { Delivery } from '../../contracts/delivery.ts';
import type { Attached } from './attached.ts';

/** What whoever attached a subscriber has in hand. */
export function deliveryOf<A>(attached: Attached<A>): Delivery<A> {
  const { id, lane, feeds } = attached;
  return {
    id,
    stats: () => attached.stats(),
    stats$: feeds.changes$.pipe(
      startWith(undefined),
      map(() => attached.stats()),
    ),
    alerts$: feeds.alerts$,
    ended$: feeds.ended$,
    pause: () => attached.change(() => (lane.isPaused = true)),
    resume: () => attached.change(() => (lane.isPaused = false)),
    parked: () => lane.tally.parking.values(),
    redrive() {
      let count = 0;
      attached.change(() => (count = lane.room.redrive()));
      return count;
    },
    close: () => attached.close(),
  };
}
