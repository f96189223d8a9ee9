import { concat, defer, ignoreElements, map, Observable, of, takeUntil, takeWhile } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import type { Delivery, DeliveryStats } from '../../contracts/delivery.ts';
import type { ReceiverIdentity } from '../../contracts/receiverIdentity.ts';
import type { Envelope } from './envelope.ts';
import type { RouteHandle } from './receiver.ts';
import { toRouteAlert } from './toRouteAlert.ts';

/** A delivery as a route: of events, and told as such. */
export function routeHandle<E>(
  delivery: Delivery<Envelope<E>>,
  identity: ReceiverIdentity,
  leave: () => void,
): RouteHandle<E> {
  return {
    id: delivery.id,
    stats: () => delivery.stats(),
    stats$: delivery.stats$,
    alerts$: delivery.alerts$.pipe(map(toRouteAlert(identity))),
    ended$: delivery.ended$,
    pause: () => delivery.pause(),
    resume: () => delivery.resume(),
    parked: () => delivery.parked().map(({ event }) => event),
    redrive: () => delivery.redrive(),
    close: () => delivery.close(),
    drain: ({ deadlineMs = 30_000 } = {}) =>
      defer(() => {
        leave();
        const late$ = new Observable<void>((subscriber) => after(deadlineMs, () => subscriber.next()));
        return concat(
          delivery.stats$.pipe(takeWhile(isBusy), ignoreElements(), takeUntil(late$)),
          defer(() => {
            delivery.close();
            return of(delivery.stats());
          }),
        );
      }),
  };
}

function isBusy({ waiting, blocked, running }: DeliveryStats): boolean {
  return waiting + blocked + running > 0;
}
