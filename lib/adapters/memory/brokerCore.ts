import type { ExchangeKind, QueueTerms } from '../../boundary/queueTerms.ts';
import type { OutgoingMessage } from '../../contracts/transport.ts';
import type { DeadLetters } from './deadLetters.ts';
import type { MemoryQueue } from './memoryQueue.ts';

/** What a broker in memory is to its transports. */
export interface BrokerCore {
  readonly exchange: ExchangeKind;
  readonly overflow: 'wait' | 'refuse';
  readonly outboxSize: number;
  readonly maxQueueMessages: number;
  /** Who is told when there may be room in a queue that was full. */
  readonly blocked: Set<{ flush(): void }>;
  /** Puts a message into every queue that is bound to it, or into none. */
  offer(message: OutgoingMessage): 'taken' | 'full' | 'unroutable';
  queues(): readonly MemoryQueue[];
  /** Those that a message waits for. */
  fullFor(routingKey: string): readonly MemoryQueue[];
  declare(terms: QueueTerms): MemoryQueue;
  /** Ends a queue where it is a transient one. */
  leave(queue: MemoryQueue): void;
  deadLettersOf(queue: string): DeadLetters;
  /** How many a queue has. Throws QueueConfigError. */
  deadLetterCount(queue: string): number;
  redrive(queue: string, max: number): number;
}
