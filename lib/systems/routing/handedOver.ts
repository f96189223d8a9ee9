import { concat, defer, EMPTY, throwError, type Observable } from 'rxjs';
import type { NackReason } from '../../contracts/receiver.ts';
import { NackedError } from '../../contracts/receiverFailure.ts';
import type { EventId } from '../../contracts/receiverIdentity.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Receiver } from '../../core/receivers/receiver.ts';

/**
 * Hands an event to a receiver, and completes once every route has it in its line, or has let it go by its own policy.
 * Errors where a route had no room for it: an event that comes again under its id goes to those routes alone. What a
 * route has taken and then failed at is the route's own trouble.
 */
export function handedOver(
  { tenant, name, next }: Pick<Receiver<RoutedEvent>, 'tenant' | 'name' | 'next'>,
  event: RoutedEvent,
  id: EventId,
): Observable<never> {
  return defer(() => {
    const acknowledgement = next(event, { id });
    const refused$ = defer(() => {
      const { refused, state } = acknowledgement;
      const failures = refused.map((route) => ({ route, outcome: 'refused' as const }));
      if (failures.length > 0) {
        return throwError(() => new NackedError({ tenant, receiver: name }, acknowledgement.id, failures));
      }
      return state.kind === 'nacked' && isRefused(state.error) ? throwError(() => state.error) : EMPTY;
    });
    return concat(acknowledgement.taken$, refused$);
  });
}

/** Whether it never came to the routes, or waits in vain for room at one. */
function isRefused(reason: NackReason): boolean {
  return !(reason instanceof NackedError);
}
