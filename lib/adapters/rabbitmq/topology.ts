import type { Channel } from 'amqplib';
import type { QueueTerms } from '../../boundary/queueTerms.ts';

/** The exchange that everything is published to. */
export interface Exchange {
  readonly name: string;
  readonly type: 'direct' | 'topic';
}

/** What all clients of a queue have to agree on. */
export interface TopologyTerms {
  readonly exchange: Exchange;
  /** Deliveries that come to no end before the broker makes a dead letter of the message. */
  readonly deliveryLimit: number;
}

/** Quorum queues hand dead letters over only when they are safe there; the broker wants this overflow with it. */
const SAFELY = { 'x-dead-letter-strategy': 'at-least-once', 'x-overflow': 'reject-publish' };
const QUORUM = { 'x-queue-type': 'quorum' };

/** Where the dead letters of a queue are. */
export const deadQueueOf = (name: string): string => `${name}.dead`;

export function declareExchange(channel: Channel, { name, type }: Exchange): Promise<unknown> {
  return channel.assertExchange(name, type, { durable: true });
}

/** Declares a queue with its bindings and its dead letters; gives its real name, which the broker chooses for a transient one. */
export async function declareQueue(channel: Channel, terms: QueueTerms, topology: TopologyTerms): Promise<string> {
  const { kind, name, bindings } = terms;
  const { exchange, deliveryLimit } = topology;
  const dead = deadQueueOf(name);
  await declareExchange(channel, exchange);
  await channel.assertQueue(dead, { durable: true, arguments: QUORUM });
  const deadLetters = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead };
  const { queue } =
    kind === 'durable'
      ? await channel.assertQueue(name, {
          durable: true,
          arguments: { ...QUORUM, ...deadLetters, ...SAFELY, 'x-delivery-limit': deliveryLimit },
        })
      : await channel.assertQueue('', { durable: false, exclusive: true, autoDelete: true, arguments: deadLetters });
  for (const binding of bindings) await channel.bindQueue(queue, exchange.name, binding);
  return queue;
}

/** Declares the queue that holds messages for `delayMs` and hands them back then; one for each delay, as short waits must not queue behind long ones. */
export async function declareDelay(
  channel: Channel,
  terms: QueueTerms,
  queue: string,
  delayMs: number,
): Promise<string> {
  const back = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': queue, 'x-message-ttl': delayMs };
  if (terms.kind === 'transient') {
    const delay = await channel.assertQueue('', { durable: false, exclusive: true, arguments: back });
    return delay.queue;
  }
  const name = `${terms.name}.retry.${delayMs}`;
  await channel.assertQueue(name, { durable: true, arguments: { ...QUORUM, ...back, ...SAFELY } });
  return name;
}
