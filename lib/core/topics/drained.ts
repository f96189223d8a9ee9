import { concat, defer, merge, Observable, of, takeUntil } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import type { Delivery, DeliveryStats } from '../../contracts/delivery.ts';
import { OptionError } from '../../../operators/errors.ts';

/** How long a close may take. */
export interface CloseOptions {
  /** After this, in ms from the subscription, what is not settled is discarded. Default: 30 000. */
  readonly deadlineMs?: number | undefined;
}

/** The account of a closed topic. */
export interface Ledger {
  /** By id of the subscriber, those that had ended before it was closed aside. */
  readonly subscribers: ReadonlyMap<string, DeliveryStats>;
}

/** Completes what the deliveries are fed by, lets them settle, closes what has not at the deadline, and gives the account. */
export function drained(
  deliveries: () => readonly Pick<Delivery<unknown>, 'id' | 'ended$' | 'stats' | 'close'>[],
  complete: () => void,
  { deadlineMs = 30_000 }: CloseOptions,
): Observable<Ledger> {
  if (!(deadlineMs >= 0)) throw new OptionError('deadlineMs', '0 or more', deadlineMs);
  return defer(() => {
    const all = deliveries();
    const late$ = new Observable<void>((subscriber) => after(deadlineMs, () => subscriber.next()));
    complete();
    return concat(
      merge(...all.map(({ ended$ }) => ended$)).pipe(takeUntil(late$)),
      defer(() => {
        for (const delivery of all) delivery.close();
        return of({ subscribers: new Map(all.map((delivery) => [delivery.id, delivery.stats()])) });
      }),
    );
  });
}
