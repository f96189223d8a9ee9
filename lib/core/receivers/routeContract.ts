import { OptionError } from '../../../operators/errors.ts';
import type { Budget, DeliveryContext, DeliveryContract } from '../../contracts/delivery.ts';
import type { Route, RouteContext } from '../../contracts/receiver.ts';
import type { EventId, ReceiverIdentity } from '../../contracts/receiverIdentity.ts';
import type { Envelope } from './envelope.ts';
import { inTurn } from './inTurn.ts';

/** What routes have of their receiver where they do not say otherwise. */
export interface RouteDefaults extends ReceiverIdentity {
  readonly budget: Budget | undefined;
  readonly guaranteed: number;
}

/** The delivery contract of a route. */
export function routeContract<E>(route: Route<E>, defaults: RouteDefaults): DeliveryContract<Envelope<E>> {
  const { handle, coalesce, partitionKey, onDrop, ...rest } = route;
  const { budget = defaults.budget, guaranteed = defaults.guaranteed } = route;
  if (typeof handle !== 'function') throw new OptionError('handle', 'a function', handle);

  return {
    ...rest,
    handle: ({ id, event }, delivery) => inTurn(() => handle(event, new RouteCall(defaults, route.id, id, delivery))),
    budget: budget && { shared: budget, guaranteed },
    coalesce: coalesce && ((waiting, incoming) => ({ ...incoming, event: coalesce(waiting.event, incoming.event) })),
    partitionKey: partitionKey && (({ event }) => partitionKey(event)),
    onDrop: onDrop && (({ event }) => onDrop(event)),
  };
}

class RouteCall implements RouteContext {
  readonly tenant: string;
  readonly receiver: string;
  readonly route: string;
  readonly id: EventId;
  readonly attempt: number;
  private readonly delivery: DeliveryContext;

  constructor({ tenant, receiver }: ReceiverIdentity, route: string, id: EventId, delivery: DeliveryContext) {
    this.tenant = tenant;
    this.receiver = receiver;
    this.route = route;
    this.id = id;
    this.attempt = delivery.attempt;
    this.delivery = delivery;
  }

  /** Made when the handler asks for it: most never do. */
  get signal(): AbortSignal {
    return this.delivery.signal;
  }
}
