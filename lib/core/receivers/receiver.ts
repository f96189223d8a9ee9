import type { Observable, Subscription } from 'rxjs';
import type { Delivery, DeliveryStats } from '../../contracts/delivery.ts';
import type { Acknowledgement, Incoming, Route, RouteAlert } from '../../contracts/receiver.ts';
import type { ReceiverFailure } from '../../contracts/receiverFailure.ts';
import type { EventId, ReceiverIdentity } from '../../contracts/receiverIdentity.ts';
import type { CloseOptions } from '../topics/drained.ts';

/** A route of a receiver, attached. */
export interface RouteHandle<E> extends Omit<Delivery<E>, 'alerts$'> {
  readonly alerts$: Observable<RouteAlert>;
  /** Sends nothing more here, waits until the route has settled what it holds, closes it, and gives its account. */
  drain(options?: CloseOptions): Observable<DeliveryStats>;
}

/** The account of the events of a receiver: `received` and `retried` are the sum of `acked`, `nacked`, `pending` and `joined`. */
export interface EventCounts {
  /** Calls of `next`, and events of sources. */
  readonly received: number;
  /** Calls of `retry` for an event that was nacked. */
  readonly retried: number;
  readonly acked: number;
  readonly nacked: number;
  readonly pending: number;
  /** Redelivered while they were pending, and told the same end. */
  readonly joined: number;
  /** Of those pending, how many wait for the rate limit. */
  readonly delayed: number;
}

/** How a receiver is doing. */
export interface ReceiverStats extends ReceiverIdentity, EventCounts {
  /** By id of the route, those that have ended aside. */
  readonly routes: ReadonlyMap<string, DeliveryStats>;
}

/** The account of a closed receiver. */
export interface ReceiverLedger extends ReceiverStats {
  /** By id of the sink of alerts. */
  readonly alertSinks: ReadonlyMap<string, DeliveryStats>;
}

/** Takes events in, hands each to all its routes, and tells how it ended. */
export interface Receiver<E> {
  readonly tenant: string;
  readonly name: string;
  /** Every failure, once: of routes, sources and sinks of alerts, events that took too long or were too many. */
  readonly errors$: Observable<ReceiverFailure>;
  /** The congestion alerts of all routes. */
  readonly alerts$: Observable<RouteAlert>;
  /** Puts an event in line at every route, and returns. Throws ClosedError when the receiver is closed. */
  next(event: E, options?: { readonly id?: EventId | undefined }): Acknowledgement;
  /** Takes what a source emits until it is unsubscribed. When the source fails, this ends and is told to `errors$`. */
  receive(source$: Observable<E | Incoming<E>>): Subscription;
  /** Attaches a route, for the events that come from now on. Throws OptionError where it cannot be meant, or its id is taken. */
  addRoute(route: Route<E>): RouteHandle<E>;
  /** The routes that have not ended. */
  routes(): readonly RouteHandle<E>[];
  stats(): ReceiverStats;
  /** Takes no more events, lets the routes settle what they hold, discards what is left at the deadline, and gives the account. */
  close(options?: CloseOptions): Observable<ReceiverLedger>;
  /** Ends everything at once: what is pending is nacked, what runs is aborted. */
  unsubscribe(): void;
}
