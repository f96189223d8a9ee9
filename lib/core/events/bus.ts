import type { Observable } from 'rxjs';
import type { Delivery, DeliveryContract } from '../../contracts/delivery.ts';
import type { Envelope } from '../../contracts/envelope.ts';
import type { Inbox } from '../../contracts/inbox.ts';
import type { Handled } from '../../contracts/handled.ts';
import type { CommandDefinition, EventDefinition } from '../../contracts/message.ts';
import type { HandlerError, RejectedMessageError } from '../../contracts/messageFailure.ts';
import type { ConsumerEvent, OutgoingMessage, Transport } from '../../contracts/transport.ts';
import type { UnroutableError } from '../../contracts/transportFailure.ts';
import type { Messages } from './defineMessages.ts';

/** Who sends and takes messages, over what, and within which bounds. */
export interface BusOptions<Transaction = unknown> {
  /** Names the service: its queues are `<service>.commands` and `<service>.events`. */
  readonly service: string;
  readonly transport: Transport;
  /** The catalogue: what may be sent, and what is understood. */
  readonly messages: Messages;
  /** Makes the id of a message: 128 random bits as a text, say. */
  readonly newId: () => string;
  /** Remembers what was handled. Default: `createInbox()`, which this process alone has, and forgets with it. */
  readonly inbox?: Inbox<Transaction> | undefined;
  /** Most events that are taken before they are settled. Default: 32. */
  readonly eventConcurrency?: number | undefined;
  /** Most commands that are taken before they are settled. Default: the sum over their handlers. */
  readonly commandConcurrency?: number | undefined;
  /** Deliveries of one message before it goes to the dead letters. Default: that of the transport. */
  readonly maxAttempts?: number | undefined;
  /** Wait before a failed message comes again, in ms. Default: that of the transport. */
  readonly retryDelayMs?: number | undefined;
  /** Takes every failure, once, as `errors$` does. What it throws is ignored. */
  readonly onError?: ((failure: BusFailure) => void) | undefined;
}

/** What `errors$` of a bus tells. */
export type BusFailure = HandlerError | RejectedMessageError | UnroutableError;

/** What a message belongs to, besides what the bus fills in. */
export interface MessageLink {
  /** Default: the id of the message, which then begins something. */
  readonly correlationId?: string | undefined;
  readonly causationId?: string | undefined;
  readonly tenant?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/** What a handler is told besides the data, and what it may do. */
export interface MessageContext<A = unknown, Transaction = unknown> {
  readonly message: Envelope<A>;
  /** Which delivery of the message it is, counted from 1, as far as the transport can tell. */
  readonly delivery: number;
  /** Which try of this delivery it is, counted from 1. */
  readonly attempt: number;
  /** Aborted when nobody waits for the handler any more: it took too long, or the service stops. */
  readonly signal: AbortSignal;
  /** What is changed in it is changed if and only if the message counts as handled; see the inbox. */
  readonly transaction: Transaction;
  /**
   * As {@link Bus.publish}, with correlation, cause, tenant and trace of the message. A handler that runs again for the same
   * message and publishes the same gives it the same id, so that who took it before leaves it.
   */
  publish<B>(event: EventDefinition<B>, data: B): Observable<never>;
  /** As {@link Bus.compose}, likewise. */
  compose<B>(event: EventDefinition<B>, data: B): OutgoingMessage;
}

/** Which parts of a delivery contract a handler may declare. */
type Terms<A> = Pick<DeliveryContract<Envelope<A>>, 'timeoutMs' | 'retry' | 'bufferSize' | 'watermarks'> & {
  /** Most messages that it handles at the same time. At 1 (the default) they keep their order. */
  readonly concurrency?: number | undefined;
};

/** The one handler of a command. That it completes is the outcome `succeeded`, that it fails `failed`. */
export interface CommandHandler<A, Transaction = unknown> extends Terms<A> {
  readonly handle: (data: A, context: MessageContext<A, Transaction>) => Handled;
}

/** One of the handlers of an event. */
export interface EventHandler<A, Transaction = unknown> extends Terms<A> {
  /**
   * Names it among the handlers of this event, in errors, and in what is kept of handled messages: do not change it. 1 to 60
   * characters of printable ASCII.
   */
  readonly id: string;
  readonly handle: (data: A, context: MessageContext<A, Transaction>) => Handled;
  /** Messages of one key are handled one after the other. Default: no keys. */
  readonly partitionKey?: ((message: Envelope<A>) => string | number) | undefined;
  /** What happens to a message that finds `bufferSize` others waiting. `error` (default): it comes again later. */
  readonly overflow?: 'error' | 'block' | 'dropOldest' | 'dropNewest' | undefined;
}

/** What {@link Bus.watch} emits. */
export type WatchEvent = ConsumerEvent | { readonly kind: 'event'; readonly message: Envelope };

/** A handler, attached. */
export type HandlerHandle = Pick<Delivery<unknown>, 'id' | 'stats' | 'alerts$' | 'pause' | 'resume'>;

/** The account of a bus. */
export interface BusStats {
  /** Confirmed by the transport. */
  readonly published: number;
  /** Published, and nobody was there to get them. */
  readonly unroutable: number;
  /** Deliveries that came, to `rejected` those that went to the dead letters unseen by a handler. */
  readonly received: number;
  readonly rejected: number;
  /** Handled to the end by every handler they were for. */
  readonly succeeded: number;
  /** Deliveries that some handler failed on. */
  readonly failed: number;
  /** Deliveries that were given back, since the service stopped. */
  readonly givenUp: number;
  /** Handlers that were not called, since they had handled the message before. */
  readonly duplicates: number;
  /** Deliveries in hand now. */
  readonly running: number;
}

/** Sends events, and has commands and events handled. */
export interface Bus<Transaction = unknown> {
  readonly service: string;
  /** Attaches the handler of a command. Throws HandlerTakenError for a second one, UnknownMessageError, BusStartedError, OptionError. */
  handle<A>(command: CommandDefinition<A>, handler: CommandHandler<A, Transaction>): HandlerHandle;
  /** Attaches a handler of an event. Throws UnknownMessageError, BusStartedError, OptionError. */
  on<A>(event: EventDefinition<A>, handler: EventHandler<A, Transaction>): HandlerHandle;
  /**
   * Completes when the transport has confirmed the event. One that nobody is there to get is counted and told on `errors$`.
   * Errors as {@link Transport.publish} otherwise. Throws UnknownMessageError, and DecodeError or NotJsonError for data that
   * nobody could read.
   */
  publish<A>(event: EventDefinition<A>, data: A, link?: MessageLink): Observable<never>;
  /** The message that `publish` would send, for an outbox that keeps it in a transaction. Throws as it does. */
  compose<A>(event: EventDefinition<A>, data: A, link?: MessageLink): OutgoingMessage;
  /** Reads the queues of the service, until it is unsubscribed from or the bus is closed. Emits what befalls the consumers. */
  consume(): Observable<ConsumerEvent>;
  /**
   * Reads events as they come, out of a queue of this subscription alone: for streams to clients. Emits them, and what befalls
   * the consumer: what is published while it is interrupted is missed. Undecodable ones are told on `errors$`.
   */
  watch(events: readonly EventDefinition[]): Observable<WatchEvent>;
  /** Every message that was read, before its handlers are called. */
  readonly messages$: Observable<Envelope>;
  /** Every failure, once. */
  readonly errors$: Observable<BusFailure>;
  stats(): BusStats;
  /**
   * Takes no more, lets handlers that run finish and be settled until the deadline, aborts what has not, and completes
   * `consume()`. What was not settled comes again elsewhere. The transport stays open. Default deadline: 10 000 ms.
   */
  close(options?: { readonly deadlineMs?: number | undefined }): Observable<never>;
}
