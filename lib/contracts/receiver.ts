import type { Observable } from 'rxjs';
import type { Budget, CongestionAlert, DeliveryContract, Outcome } from './delivery.ts';
import type { ClosedError } from './deliveryFailure.ts';
import type { Handled } from './handled.ts';
import type { AckTimeoutError, NackedError, RateLimitError } from './receiverFailure.ts';
import type { EventId, ReceiverIdentity } from './receiverIdentity.ts';

/** What a route is told besides the event. */
export interface RouteContext extends ReceiverIdentity {
  readonly route: string;
  /** What a route goes by that must not do the same work twice. */
  readonly id: EventId;
  /** Counted from 1, anew whenever the event is handed to the route. */
  readonly attempt: number;
  /** Aborted when nobody waits for this attempt any more: it took too long, or the route was closed. */
  readonly signal: AbortSignal;
}

/** Where a receiver sends its events, and under which contract: a waiting line of its own, and what happens when it is full. */
export interface Route<E> extends Omit<DeliveryContract<E>, 'handle' | 'budget'> {
  /** Takes an event; done when what it returns has completed, or at once when it returns nothing. */
  readonly handle: (event: E, context: RouteContext) => Handled;
  /** Bounds what several routes have waiting together. Default: that of the receiver. */
  readonly budget?: Budget | undefined;
  /** How many events may wait here whatever the other routes do with the budget. Default: that of the receiver. */
  readonly guaranteed?: number | undefined;
}

/** The waiting line of a route fills, or has room again. */
export interface RouteAlert extends ReceiverIdentity, Omit<CongestionAlert, 'topic' | 'subscriber'> {
  readonly route: string;
}

/** An event of a source that wants to be told how it ended. It is told once. */
export interface Incoming<E> {
  readonly event: E;
  /** What the source calls the event: a redelivery under the same id goes to those routes alone that failed. Default: none. */
  readonly id?: EventId | undefined;
  ack(): void;
  nack(reason: NackReason): void;
}

/** Why an event was not acked. */
export type NackReason = NackedError | AckTimeoutError | RateLimitError | ClosedError;

/** The end of an event: every route has settled it, or not all of them will. */
export type Acknowledged =
  /** By id of the route: what was dropped, coalesced or parked by a route's own policy is settled. */
  | { readonly kind: 'acked'; readonly outcomes: ReadonlyMap<string, Outcome> }
  | { readonly kind: 'nacked'; readonly outcomes: ReadonlyMap<string, Outcome>; readonly error: NackReason };

/** What becomes of an event that a receiver has taken. It ends once; what its routes do later is not heard. */
export interface Acknowledgement {
  readonly id: EventId;
  /** How it stands now. */
  readonly state: Acknowledged | { readonly kind: 'pending' };
  /** Emits how it ended, to whoever asks and whenever; then completes. */
  readonly settled$: Observable<Acknowledged>;
  /** Completes once no route with `overflow: 'block'` has to make room for it any more: a source that can wait waits for this. */
  readonly taken$: Observable<never>;
  /** The routes that had no room for it and whose policy is `error`, once it was offered to them: it will be nacked. */
  readonly refused: readonly string[];
  /** Hands an event that was nacked to the routes again that failed, and to no other. Itself while it is pending or acked. */
  retry(): Acknowledgement;
}
