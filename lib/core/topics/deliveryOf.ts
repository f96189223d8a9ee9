import { map, startWith } from 'rxjs';
import type { Delivery } from '../../contracts/delivery.ts';
import type { Attached } from './attached.ts';

/** What whoever attached a subscriber has in hand. */
export function deliveryOf<A>(attached: Attached<A>): Delivery<A> {
  const { id, lane, changes, alerts, ended } = attached;
  return {
    id,
    stats: () => attached.stats(),
    stats$: changes.pipe(
      startWith(undefined),
      map(() => attached.stats()),
    ),
    alerts$: alerts.asObservable(),
    ended$: ended.asObservable(),
    pause: () => attached.change(() => (lane.isPaused = true)),
    resume: () => attached.change(() => (lane.isPaused = false)),
    parked: () => lane.tally.parking.values(),
    redrive() {
      let count = 0;
      attached.change(() => (count = lane.redrive()));
      return count;
    },
    close: () => attached.close(),
  };
}
