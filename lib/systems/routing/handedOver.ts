import { concat, defer, EMPTY, throwError, type Observable } from 'rxjs';
import type { Acknowledgement, NackReason } from '../../contracts/receiver.ts';
import { NackedError } from '../../contracts/receiverFailure.ts';

/**
 * Completes once every route has an event in its line, or has let it go by its own policy. Errors with why it was nacked
 * where a route has refused it: an event that comes again under its id goes to those routes alone.
 */
export function handedOver(acknowledgement: Acknowledgement): Observable<never> {
  return concat(
    acknowledgement.taken$,
    defer(() => {
      const { state } = acknowledgement;
      return state.kind === 'nacked' && isRefused(state.error) ? throwError(() => state.error) : EMPTY;
    }),
  );
}

/** Whether it never came into every line. What a route has taken and then failed at is the route's own trouble. */
function isRefused(reason: NackReason): boolean {
  return !(reason instanceof NackedError) || reason.failures.some(({ outcome }) => outcome === 'refused');
}
