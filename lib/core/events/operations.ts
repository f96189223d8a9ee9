import type { Observable } from 'rxjs';
import type { CommandDefinition } from '../../contracts/message.ts';
import type { RejectedMessageError } from '../../contracts/messageFailure.ts';
import type { Operation } from '../../contracts/operation.ts';
import type { ConsumerEvent, Transport } from '../../contracts/transport.ts';
import type { Messages } from './defineMessages.ts';
import type { View } from './view.ts';

/** Who submits commands, over what, and what is kept of them. */
export interface OperationsOptions {
  /** Names who submits: the `source` of the commands. */
  readonly service: string;
  readonly transport: Transport;
  readonly messages: Messages;
  /** Makes the id of an operation: 128 random bits as a text, say. */
  readonly newId: () => string;
  /**
   * Makes the id of an operation of its tenant and idempotency key, always the same: an HMAC of both, say. With it a key holds
   * for all processes that use the same one, and after a restart. Default: `newId`, and a key holds within this process.
   */
  readonly idOfKey?: ((tenant: string, idempotencyKey: string) => string) | undefined;
  /** How long an operation can be read after its end, in ms. Default: 600 000. */
  readonly ttlMs?: number | undefined;
  /** When an operation without an outcome is `expired`, in ms from when it was submitted. Default: 300 000. */
  readonly timeoutMs?: number | undefined;
  /** How long a submit waits until outcomes can be heard, in ms. Default: 5 000. */
  readonly readyTimeoutMs?: number | undefined;
  /** Most operations that are known; beyond it the one that ended first is forgotten, or OperationsFullError. Default: 10 000. */
  readonly maxOperations?: number | undefined;
  /** Takes every failure, once, as `errors$` does. What it throws is ignored. */
  readonly onError?: ((failure: RejectedMessageError) => void) | undefined;
}

/** How one command is submitted. */
export interface SubmitOptions {
  readonly tenant?: string | undefined;
  /** Submits of one tenant with the same key are one operation. At most 255 characters. */
  readonly idempotencyKey?: string | undefined;
  /** When it expires, in ms from now. Default: that of the operations. */
  readonly timeoutMs?: number | undefined;
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
}

/** Whose operation is waited for, and how long. */
export interface WaitOptions {
  readonly tenant?: string | undefined;
  /** In ms from the subscription. Default: Infinity, for every operation ends by itself. */
  readonly timeoutMs?: number | undefined;
}

/** An operation that has come to a state, and whose it is. */
export interface OperationChange {
  readonly operation: Operation;
  readonly tenant: string | undefined;
}

/** The account of operations. */
export interface OperationsStats {
  readonly accepted: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly expired: number;
  /** Without an outcome now. */
  readonly pending: number;
  /** Outcomes of operations that had ended, or that nobody here knows; those of other processes among them. */
  readonly ignored: number;
  /** Outcomes that no outcome is. */
  readonly rejected: number;
}

/** Submits commands, and tells what becomes of them. */
export interface Operations {
  /**
   * Reads the queue of outcomes, which is of this process alone, until it is unsubscribed from or this is closed. To be
   * subscribed to for as long as commands are submitted.
   */
  consume(): Observable<ConsumerEvent>;
  /**
   * Sends a command when subscribed to, once outcomes can be heard. Emits the operation when the transport has confirmed
   * the command, or its outcome came before that, and completes. Errors with IdempotencyConflictError, OperationsFullError,
   * TimeoutError where outcomes cannot be heard, ClosedError, and as {@link Transport.publish}. Throws UnknownMessageError,
   * and DecodeError or NotJsonError for data that nobody could read.
   */
  submit<A>(command: CommandDefinition<A>, data: A, options?: SubmitOptions): Observable<Operation>;
  /** Undefined for one that is unknown, or of another tenant. */
  get(id: string, tenant?: string): Operation | undefined;
  /**
   * Emits how the operation ends, or has ended, and completes. Errors with UnknownOperationError, and with TimeoutError,
   * which leaves the command alone.
   */
  outcome(id: string, options?: WaitOptions): Observable<Operation>;
  /**
   * As `outcome`; an operation that succeeded is emitted once the view has applied what came of it. For reading what one has
   * written.
   */
  waitUntilApplied(id: string, view: View, options?: WaitOptions): Observable<Operation>;
  /** Every state of every operation, from now on. Completes with `close`. */
  readonly changes$: Observable<OperationChange>;
  readonly errors$: Observable<RejectedMessageError>;
  stats(): OperationsStats;
  /** Takes no more, and completes `consume()` and `changes$`. Who waits gets ClosedError. The transport stays open. */
  close(): void;
}
