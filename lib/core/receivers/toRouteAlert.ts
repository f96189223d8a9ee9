import type { CongestionAlert } from '../../contracts/delivery.ts';
import type { RouteAlert } from '../../contracts/receiver.ts';
import type { ReceiverIdentity } from '../../contracts/receiverIdentity.ts';

/** Tells an alert of a waiting line as one of a route. */
export function toRouteAlert({ tenant, receiver }: ReceiverIdentity): (alert: CongestionAlert) => RouteAlert {
  return (alert) => {
    const { kind, depth, bufferSize, oldestAgeMs, running, dropped, since, timeToFullMs } = alert;
    return {
      kind,
      tenant,
      receiver,
      route: alert.subscriber,
      depth,
      bufferSize,
      oldestAgeMs,
      running,
      dropped,
      since,
      ...(timeToFullMs !== undefined && { timeToFullMs }),
    };
  };
}
