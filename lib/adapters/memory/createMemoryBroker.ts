import { checkChoice, checkInteger } from '../../../operators/internal/checkOption.ts';
import { matchesPattern } from '../../boundary/matchesPattern.ts';
import type { ExchangeKind } from '../../boundary/queueTerms.ts';
import type { Transport } from '../../contracts/transport.ts';
import { QueueConfigError } from '../../contracts/transportFailure.ts';
import type { BrokerCore } from './brokerCore.ts';
import { connectMemory } from './connectMemory.ts';
import { DeadLetters, type DeadLetter } from './deadLetters.ts';
import { MemoryQueue } from './memoryQueue.ts';

/** What a {@link MemoryBroker} holds at most, and how it routes. */
export interface MemoryBrokerOptions {
  /** `direct`: bindings are routing keys; `topic`: they are patterns. Default: `topic`. */
  readonly exchange?: ExchangeKind | undefined;
  /** Most messages in a queue, those that are being handled included. Default: 100 000. */
  readonly maxQueueMessages?: number | undefined;
  /**
   * What a publish does that finds a queue full: waits in the outbox of its transport, or errors with PublishError at once.
   * Default: `wait`.
   */
  readonly overflow?: 'wait' | 'refuse' | undefined;
  /** Most publishes of one transport that wait; one more errors with OutboxFullError. Default: 1 024. */
  readonly outboxSize?: number | undefined;
  /** Most dead letters of a queue; beyond that what fails stays in the queue and comes again. Default: 10 000. */
  readonly maxDeadLetters?: number | undefined;
}

/** Exchange and queues in memory, and any number of transports connected to them. */
export interface MemoryBroker {
  /** Another client of this broker. `name` names it in errors; default: `memory`. */
  connect(options?: { readonly name?: string | undefined }): Transport;
  /** The dead letters of a queue, the oldest first; none for a queue that has none. */
  deadLetters(queue: string): readonly DeadLetter[];
}

/**
 * A broker in memory: what services would do over RabbitMQ, in one process and with the same meaning.
 *
 * Messages live as long as the broker does. Handlers run in a turn of their own, never within `publish`. A durable queue is
 * there from its first consumer on, whether it has one or not.
 *
 * @example
 * const broker = createMemoryBroker();
 * const [orders, billing] = [broker.connect({ name: 'orders' }), broker.connect({ name: 'billing' })];
 */
export function createMemoryBroker(options: MemoryBrokerOptions = {}): MemoryBroker {
  const { exchange = 'topic', maxQueueMessages = 100_000, overflow = 'wait' } = options;
  const { outboxSize = 1_024, maxDeadLetters = 10_000 } = options;
  checkChoice('exchange', exchange, ['direct', 'topic']);
  checkChoice('overflow', overflow, ['wait', 'refuse']);
  checkInteger('maxQueueMessages', maxQueueMessages, 1);
  checkInteger('outboxSize', outboxSize, 0);
  checkInteger('maxDeadLetters', maxDeadLetters, 1);

  const queues = new Set<MemoryQueue>();
  const letters = new Map<string, DeadLetters>();
  const blocked: BrokerCore['blocked'] = new Set();

  const roomMade = () => {
    if (blocked.size > 0) for (const outbox of [...blocked]) outbox.flush();
  };
  const isBound = ({ bindings }: MemoryQueue, routingKey: string) =>
    bindings.has(routingKey) ||
    (exchange === 'topic' && [...bindings].some((pattern) => matchesPattern(pattern, routingKey)));
  const named = (name: string) => [...queues].filter((queue) => queue.name === name);

  const core: BrokerCore = {
    exchange,
    overflow,
    outboxSize,
    maxQueueMessages,
    blocked,
    queues: () => [...queues],
    fullFor: (key) => [...queues].filter((queue) => isBound(queue, key) && queue.size >= maxQueueMessages),

    offer(message) {
      const bound = [...queues].filter((queue) => isBound(queue, message.routingKey));
      if (bound.length === 0) return 'unroutable';
      if (bound.some(({ size }) => size >= maxQueueMessages)) return 'full';
      for (const queue of bound) queue.enter(message);
      return 'taken';
    },

    declare(terms) {
      const there = terms.kind === 'durable' ? named(terms.name).find(({ kind }) => kind === 'durable') : undefined;
      const queue = there ?? new MemoryQueue(terms, roomMade);
      for (const binding of terms.bindings) queue.bindings.add(binding);
      queues.add(queue);
      return queue;
    },

    leave(queue) {
      if (queue.kind === 'durable' || !queues.delete(queue)) return;
      if (named(queue.name).length === 0 && letters.get(queue.name)?.size === 0) letters.delete(queue.name);
      roomMade();
    },

    deadLettersOf(name) {
      const own = letters.get(name) ?? new DeadLetters(maxDeadLetters);
      letters.set(name, own);
      return own;
    },

    deadLetterCount(name) {
      if (named(name).length === 0) throw new QueueConfigError(name, 'there is no such queue');
      return letters.get(name)?.size ?? 0;
    },

    redrive(name, max) {
      const [queue] = named(name);
      if (!queue) throw new QueueConfigError(name, 'there is no such queue to move dead letters to');
      const dead = core.deadLettersOf(name);
      const count = Math.min(max, dead.size);
      for (let moved = 0; moved < count; moved++) queue.enter(dead.take().message);
      return count;
    },
  };

  return {
    connect: ({ name = 'memory' } = {}) => connectMemory(core, name),
    deadLetters: (name) => letters.get(name)?.toArray() ?? [],
  };
}
