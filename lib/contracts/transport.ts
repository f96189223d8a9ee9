import type { Observable } from 'rxjs';
import type { Handled } from './handled.ts';

/** Carries messages between services: in memory, or through a broker. Delivery is at least once. */
export interface Transport {
  /** Names the transport in errors and figures; shows no credentials. */
  readonly name: string;
  /**
   * Completes once the broker is answerable for this very message, and errors with a `PublishFailure` otherwise. Nothing
   * happens before it is subscribed to; unsubscribing stops waiting and does not take the message back.
   */
  publish(message: OutgoingMessage): Observable<never>;
  /**
   * Takes messages out of a queue from when it is subscribed to until it is unsubscribed, through any number of
   * reconnections. Emits what is worth knowing; completes when the transport is closed, and errors with QueueConfigError when
   * the queue can never be had as declared. Throws OptionError at the call for a contract that no queue can have.
   * Unsubscribing takes no new message, aborts the handlers that run, and gives their messages back to the queue.
   */
  consume(queue: QueueContract): Observable<ConsumerEvent>;
  /**
   * Moves dead letters of a queue back into it, as they came first and the oldest first; at most `max` (default: all that are
   * there when it begins). Emits how many; errors with QueueConfigError where there is no such queue.
   */
  redrive(queue: string, options?: { readonly max?: number | undefined }): Observable<number>;
  /** How many dead letters a queue has. Emits once; errors with QueueConfigError where there is no such queue. */
  deadLetters(queue: string): Observable<number>;
  /** How the connection stands: the state now, and each later one. Completes after `closed`. */
  readonly state$: Observable<TransportState>;
  /**
   * Takes no more out of queues, lets handlers that run finish, settles them, waits for confirms, leaves. What handlers publish
   * until then still goes out. What is not done at the deadline is given up: publishes error with ClosedError, handlers are
   * aborted and their messages given back. Completes when all is released. Default deadline: 10 000 ms from subscribing.
   */
  close(options?: { readonly deadlineMs?: number | undefined }): Observable<never>;
}

/** `blocked`: connected, and the broker takes no messages for now. */
export type TransportState = 'connecting' | 'connected' | 'blocked' | 'disconnected' | 'closed';

/** A message as it goes over a transport. */
export interface OutgoingMessage {
  /** Names the message; the same on every attempt to publish it. 1 to 128 characters of printable ASCII. */
  readonly id: string;
  /** Words with dots between them, 1 to 255 bytes, no wildcards, no spaces. */
  readonly routingKey: string;
  /** 1 to 255 characters of printable ASCII. */
  readonly contentType: string;
  /** At most 32, names of 1 to 255 bytes and values of at most 1 KiB. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 16 MiB. */
  readonly body: Uint8Array;
}

/** A message as it comes out of a queue. */
export interface IncomingMessage extends OutgoingMessage {
  /**
   * Counted from 1: which delivery of this message to this queue it is, as far as the transport can tell. A message that was
   * given back counts on, and goes to the dead letters only when a handler fails.
   */
  readonly attempt: number;
}

/** A queue, what comes into it, and what happens to what comes out. */
export interface QueueContract {
  /**
   * `durable`: outlives everybody, its consumers share the messages. `transient`: of this consumer alone, made when it is
   * subscribed to and after each reconnection, without what was published in between.
   */
  readonly kind: 'durable' | 'transient';
  /** Names the queue, and its dead letters: 1 to 128 letters, digits, `_`, `-`, `:` and dots. */
  readonly name: string;
  /**
   * What comes into it: routing keys, or patterns where `*` is one word and `#` any number of them. They are added to those
   * that a durable queue has already.
   */
  readonly bindings: readonly string[];
  /**
   * Takes a message; done when what it returns has completed. When that errors the message comes again after a delay, until
   * `maxAttempts`, and then goes to the dead letters; with DeadLetterError it goes there at once.
   */
  readonly handle: (message: IncomingMessage, context: { readonly signal: AbortSignal }) => Handled;
  /** Most messages that are handled at the same time, and that are taken before they are settled. Default: 1. */
  readonly concurrency?: number | undefined;
  /** Deliveries of one message before it goes to the dead letters. Default: 5. */
  readonly maxAttempts?: number | undefined;
  /** Wait before a failed message comes again, in ms; each later wait is twice the one before. Default: 1 000. */
  readonly retryDelayMs?: number | undefined;
  /** Longest of these waits, in ms. Default: 60 000. */
  readonly maxRetryDelayMs?: number | undefined;
  /** Longest body that is looked at, in bytes; a longer one goes to the dead letters. Default: 1 MiB. */
  readonly maxBodyBytes?: number | undefined;
}

/** What happens to a consumer. */
export type ConsumerEvent =
  /** The queue is there, bound, and being read; again after each reconnection. */
  | { readonly kind: 'consuming'; readonly queue: string }
  /** A handler failed and the message comes again after `delayMs`. */
  | {
      readonly kind: 'retried';
      readonly id: string;
      readonly attempt: number;
      readonly delayMs: number;
      readonly cause: unknown;
    }
  /** A message went to the dead letters. `reason` is what is kept with it. */
  | {
      readonly kind: 'deadLettered';
      readonly id: string;
      readonly attempt: number;
      readonly reason: string;
      readonly cause: unknown;
    }
  /** The queue is not being read for now; it is tried again. */
  | { readonly kind: 'interrupted'; readonly cause: unknown };
