import type { Options } from 'amqplib';
import type { Subscriber } from 'rxjs';
import { PublishError } from '../../contracts/transportFailure.ts';

/** A message as the broker gets it. */
export interface Letter {
  readonly id: string;
  readonly exchange: string;
  readonly routingKey: string;
  readonly body: Buffer;
  readonly options: Options.Publish;
}

/** What an outbox holds at most, and for how long. */
export interface OutboxTerms {
  /** Names the transport in errors. */
  readonly name: string;
  /** Most messages that are sent and not confirmed. */
  readonly window: number;
  /** Most messages that wait besides. */
  readonly size: number;
  /** Most bytes of bodies of both; a body that is alone may have more. */
  readonly maxBytes: number;
  /** What a message does that finds no room: fail with OutboxFullError, or wait for it. */
  readonly overflow: 'error' | 'block';
  /** Longest time to the confirm, in ms from its sending. */
  readonly timeoutMs: number;
}

/** A letter on its way. */
export interface OutboxEntry {
  readonly letter: Letter;
  readonly subscriber: Subscriber<never>;
  readonly deadline: number;
  isReturned: boolean;
  /** The broker may still answer for it, and nobody listens. */
  isOver: boolean;
}

/** Ends the wait for a letter, once. */
export function settle(entry: OutboxEntry, failure?: Error): void {
  if (entry.isOver) return;
  entry.isOver = true;
  if (failure) entry.subscriber.error(failure);
  else entry.subscriber.complete();
}

/** The broker said nothing in time. `cause`: why there is no connection, where there is none. */
export function lateFailure({ letter }: OutboxEntry, timeoutMs: number, cause: Error | undefined): PublishError {
  const why = cause ? `no connection within ${timeoutMs} ms: ${cause.message}` : `no answer within ${timeoutMs} ms`;
  return new PublishError(letter.id, 'timedOut', why, { cause });
}
