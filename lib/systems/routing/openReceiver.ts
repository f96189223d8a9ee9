import { right } from 'fp-ts/lib/Either.js';
import type { DeliveryContract } from '../../contracts/delivery.ts';
import type { RouteAlert } from '../../contracts/receiver.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import { createRateLimits } from '../../core/receivers/createRateLimits.ts';
import { createReceiver } from '../../core/receivers/createReceiver.ts';
import type { ReceiverRequest } from '../../core/receivers/createReceivers.ts';
import type { Receiver } from '../../core/receivers/receiver.ts';
import { createBudget } from '../../core/topics/budget.ts';
import { createTopics, type Topics } from '../../core/topics/createTopics.ts';
import { attachSource, type SourceScope } from './attachSource.ts';
import type { ReceiverSpec, RoutingSpec } from './routingSpec.ts';
import type { TopicMessage } from './topicSender.ts';

/** What two entries of a configuration have in common that share a receiver: everything but their routes. */
export type ReceiverConfiguration = Omit<ReceiverSpec, 'routes' | 'tenants'>;

/** The topics that are described. What is published there was made here, and needs no decoding. */
export function openTopics(names: readonly string[] = []): Topics<Record<string, { codec: typeof MESSAGE }>> {
  return createTopics(Object.fromEntries(names.map((name) => [name, { codec: MESSAGE }])));
}

const MESSAGE = { name: 'message', decode: (input: unknown) => right(input as TopicMessage) };

/** Opens receivers, with the budgets and limits of their tenants, which several of them share. */
export function receiverOpener(
  { tenants = [] }: RoutingSpec,
  scope: SourceScope & { readonly alertSinks: readonly DeliveryContract<RouteAlert>[] },
): (request: ReceiverRequest<ReceiverConfiguration>) => Receiver<RoutedEvent> {
  const limited = tenants.flatMap(({ name, perSecond, burst, maxDelayMs, maxWaiting }) =>
    perSecond === undefined ? [] : ([[name, { perSecond, burst, maxDelayMs, maxWaiting }]] as const),
  );
  const rateLimit = createRateLimits({ default: { perSecond: Infinity }, tenants: Object.fromEntries(limited) });
  const budgets = new Map(
    tenants.flatMap(({ name, budget }) => (budget === undefined ? [] : [[name, createBudget({ size: budget, name })]])),
  );

  return ({ tenant, receiver: name, configuration }) => {
    const { budget, guaranteed, ackTimeoutMs } = configuration;
    const within = budgets.get(tenant);
    const receiver = createReceiver<RoutedEvent>({
      tenant,
      name,
      budget: budget === undefined ? within : createBudget({ size: budget, within, name: `${tenant}/${name}` }),
      guaranteed,
      ackTimeoutMs,
      rateLimit,
      alertSinks: scope.alertSinks,
    });
    attachSource(receiver, configuration as ReceiverSpec, scope);
    return receiver;
  };
}
