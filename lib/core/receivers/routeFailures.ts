import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import { RouteError } from '../../contracts/receiverFailure.ts';
import type { ReceiverIdentity } from '../../contracts/receiverIdentity.ts';
import type { Envelope } from './envelope.ts';

/** Tells the failures of deliveries as those of routes: the same one for the same one, whoever asks. */
export function routeFailures({ tenant, receiver }: ReceiverIdentity): (error: DeliveryError) => RouteError {
  const known = new WeakMap<DeliveryError, RouteError>();

  return (error) => {
    const told = known.get(error);
    if (told) return told;
    const { subscriber, attempt, cause } = error;
    const envelope = error.value as Envelope<unknown> | undefined;
    const { id, event } = envelope ?? { id: undefined, event: undefined };
    const failure = new RouteError({ tenant, receiver, route: subscriber, id, attempt, event }, cause);
    known.set(error, failure);
    return failure;
  };
}
