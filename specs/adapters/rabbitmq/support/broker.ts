import { connect, type Channel, type ChannelModel, type GetMessage } from 'amqplib';
import { randomBytes } from 'node:crypto';
import { lastValueFrom, type Observable } from 'rxjs';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { rabbitmqTransport } from '../../../../lib/adapters/rabbitmq/rabbitmqTransport.ts';
import type { RabbitmqOptions } from '../../../../lib/adapters/rabbitmq/options.ts';
import type { ConsumerEvent, OutgoingMessage, QueueContract, Transport } from '../../../../lib/contracts/transport.ts';
import { sharedBroker } from '../../../support/rabbitmq.ts';

/** Names that no other spec has, on a broker that many share. */
export const fresh = (what: string): string => `${what}-${randomBytes(6).toString('hex')}`;

/** What the specs of one file see of the broker: a plain client beside the transport. */
export interface Bench {
  url: string;
  raw: ChannelModel;
  admin: Channel;
}

/** The shared broker for the specs of this file, and what they leave there removed. */
export function useBroker(): Bench {
  const bench = {} as Bench;
  beforeAll(async () => {
    bench.url = await sharedBroker();
    bench.raw = await connect(bench.url);
    bench.raw.on('error', () => {});
    bench.admin = await bench.raw.createChannel();
  }, 90_000);
  afterAll(() => bench.raw.close());
  return bench;
}

/** A transport that is closed at the end of its spec. */
export function transportAt(url: string, options: Partial<RabbitmqOptions> = {}): Transport {
  const transport = rabbitmqTransport({ url, exchange: { name: fresh('x'), type: 'topic' }, ...options });
  onTestFinished(async () => {
    await done(transport.close({ deadlineMs: 500 }));
  });
  return transport;
}

/** Resolves when it completes. */
export const done = (work$: Observable<unknown>): Promise<unknown> => lastValueFrom(work$, { defaultValue: undefined });

/** What it fails with. */
export const failureOf = (work$: Observable<unknown>): Promise<any> =>
  done(work$).then(
    () => {
      throw new Error('it did not fail');
    },
    (cause: unknown) => cause,
  );

let ids = 0;

export function message(routingKey: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  const id = more.id ?? `m-${ids++}`;
  return { id, routingKey, contentType: 'text/plain', headers: {}, body: new TextEncoder().encode(id), ...more };
}

/** A consumer that is ready, what it said so far, and a way to wait for more. */
export interface Consuming {
  readonly events: ConsumerEvent[];
  readonly failure: () => unknown;
  readonly completed: () => boolean;
  stop(): void;
  /** Resolves when an event of this kind came, counted from 1. */
  until(kind: ConsumerEvent['kind'], count?: number): Promise<void>;
}

export async function consuming(transport: Transport, queue: QueueContract): Promise<Consuming> {
  const own = start(transport, queue);
  await own.until('consuming');
  return own;
}

export function start(transport: Transport, queue: QueueContract): Consuming {
  const events: ConsumerEvent[] = [];
  let failure: unknown;
  let completed = false;
  const subscription = transport.consume(queue).subscribe({
    next: (event) => events.push(event),
    error: (cause: unknown) => (failure = cause),
    complete: () => (completed = true),
  });
  onTestFinished(() => subscription.unsubscribe());
  return {
    events,
    failure: () => failure,
    completed: () => completed,
    stop: () => subscription.unsubscribe(),
    until: (kind, count = 1) =>
      eventually(() => {
        if (failure !== undefined) throw failure;
        return events.filter((event) => event.kind === kind).length >= count;
      }),
  };
}

/** Resolves when it holds: a broker is outside, and tells nobody when it is done. */
export async function eventually(holds: () => unknown, withinMs = 10_000): Promise<void> {
  for (const end = Date.now() + withinMs; !(await holds());) {
    if (Date.now() > end) throw new Error(`it did not come to hold within ${withinMs} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** All that is in a queue, taken out. */
export async function drained(channel: Channel, queue: string): Promise<readonly GetMessage[]> {
  const messages: GetMessage[] = [];
  for (let next = await channel.get(queue, { noAck: true }); next; next = await channel.get(queue, { noAck: true })) {
    messages.push(next);
  }
  return messages;
}
