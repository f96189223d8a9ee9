import type { Observable } from 'rxjs';
import type { OutgoingMessage } from './transport.ts';

/**
 * Keeps messages that were written together with a change of state, until a transport has them: what is changed is told, and
 * what is told was changed. `Transaction` is what a change is made in.
 */
export interface Outbox<Transaction = unknown> {
  /**
   * Keeps messages within a transaction: they are there when it is committed, and never were when it is rolled back. Completes
   * when they are written; errors with InvalidMessageError for what no transport can carry, and then keeps none of them.
   */
  append(transaction: Transaction, messages: readonly OutgoingMessage[]): Observable<never>;
  /**
   * Hands the oldest messages to `send`, in the order they were appended, `max` at most, unless another turn is under way: of
   * all who relay this outbox, in whatever process, one does so at a time. Those it emits a verdict for are no longer handed
   * out; that holds also when it errors, and when the turn is unsubscribed from. Emits once, with how it went; errors with
   * what `send` errors with.
   */
  turn(max: number, send: (messages: readonly OutgoingMessage[]) => Observable<RelayVerdict>): Observable<RelayTurn>;
  /** Lets messages that were set aside be handed out again, before all others. Emits how many. */
  redrive(): Observable<number>;
}

/** What became of one of the messages of a turn. */
export type RelayVerdict =
  /** The transport has it: it is forgotten. */
  | { readonly kind: 'sent'; readonly message: OutgoingMessage }
  /** It cannot be sent for now, and others should not wait for it: it is kept, with the reason. */
  | { readonly kind: 'setAside'; readonly message: OutgoingMessage; readonly reason: string };

/** How a turn went. */
export type RelayTurn =
  /** There was nothing to send. */
  | { readonly kind: 'idle' }
  /** Another one relays. */
  | { readonly kind: 'busy' }
  /** `isFull`: it was handed as many as it may be, so there may be more. */
  | { readonly kind: 'relayed'; readonly count: number; readonly isFull: boolean };
