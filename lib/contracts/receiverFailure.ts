import type { Outcome } from './delivery.ts';
import type { DeliveryError } from './deliveryFailure.ts';
import { inWords } from './inWords.ts';
import type { EventId, ReceiverIdentity } from './receiverIdentity.ts';

/** A route could not take an event: its handler failed, or there was no room. The reason is the `cause`. */
export class RouteError extends Error implements ReceiverIdentity {
  override readonly name = 'RouteError';
  readonly code = 'route_failed';
  readonly tenant: string;
  readonly receiver: string;
  readonly route: string;
  /** Undefined where it is not about one event: the route's `concurrency` failed, say. */
  readonly id: EventId | undefined;
  /** Attempts made; 0 when the handler was never called. */
  readonly attempt: number;
  readonly event: unknown;

  constructor({ tenant, receiver, route, id, attempt, event }: Omit<RouteError, keyof Error | 'code'>, cause: unknown) {
    const what = id === undefined ? '' : ` on ${id} (attempt ${attempt})`;
    super(`${tenant}/${receiver}: route ${route} failed${what}: ${inWords(cause)}`, { cause });
    this.tenant = tenant;
    this.receiver = receiver;
    this.route = route;
    this.id = id;
    this.attempt = attempt;
    this.event = event;
  }
}

/** How an event ended at a route that did not settle it. */
export interface RouteFailure {
  readonly route: string;
  readonly outcome: Outcome;
  /** Absent when it was discarded: the route was closed first. */
  readonly error?: RouteError;
}

/** Some routes have not settled an event. The reason of the first one is the `cause`. */
export class NackedError extends Error implements ReceiverIdentity {
  override readonly name = 'NackedError';
  readonly code = 'nacked';
  readonly tenant: string;
  readonly receiver: string;
  readonly id: EventId;
  readonly failures: readonly RouteFailure[];

  constructor({ tenant, receiver }: ReceiverIdentity, id: EventId, failures: readonly RouteFailure[], cause?: unknown) {
    const routes = failures.map(({ route, outcome }) => `${route} (${outcome})`).join(', ');
    super(`${tenant}/${receiver}: event ${id} is not settled: ${routes || inWords(cause)}`, {
      cause: cause ?? failures.find(({ error }) => error)?.error,
    });
    this.tenant = tenant;
    this.receiver = receiver;
    this.id = id;
    this.failures = failures;
  }
}

/** An event was not settled in time; its routes go on with it. */
export class AckTimeoutError extends Error implements ReceiverIdentity {
  override readonly name = 'AckTimeoutError';
  readonly code = 'ack_timeout';
  readonly tenant: string;
  readonly receiver: string;
  readonly id: EventId;
  readonly afterMs: number;
  /** Those that have not settled it; none while it waits for the rate limit. */
  readonly routes: readonly string[];

  constructor({ tenant, receiver }: ReceiverIdentity, id: EventId, afterMs: number, routes: readonly string[]) {
    const open = routes.length > 0 ? `; open: ${routes.join(', ')}` : '';
    super(`${tenant}/${receiver}: event ${id} was not settled within ${afterMs} ms${open}`);
    this.tenant = tenant;
    this.receiver = receiver;
    this.id = id;
    this.afterMs = afterMs;
    this.routes = routes;
  }
}

/** A tenant sends more than it may, and more than can be delayed. */
export class RateLimitError extends Error implements ReceiverIdentity {
  override readonly name = 'RateLimitError';
  readonly code = 'rate_limited';
  readonly tenant: string;
  readonly receiver: string;
  readonly perSecond: number;
  /** When there may be room again, in ms from now. */
  readonly retryAfterMs: number;

  constructor({ tenant, receiver }: ReceiverIdentity, perSecond: number, retryAfterMs: number) {
    super(`${tenant}/${receiver}: more than ${perSecond} events per second; try again in ${retryAfterMs} ms`);
    this.tenant = tenant;
    this.receiver = receiver;
    this.perSecond = perSecond;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A source of events failed, or could not take how an event ended. The reason is the `cause`. */
export class ReceiveError extends Error implements ReceiverIdentity {
  override readonly name = 'ReceiveError';
  readonly code = 'receive_failed';
  readonly tenant: string;
  readonly receiver: string;
  readonly at: 'source' | 'ack' | 'nack';

  constructor({ tenant, receiver }: ReceiverIdentity, at: 'source' | 'ack' | 'nack', cause: unknown) {
    super(`${tenant}/${receiver}: ${at} failed: ${inWords(cause)}`, { cause });
    this.tenant = tenant;
    this.receiver = receiver;
    this.at = at;
  }
}

/** A receiver could not be opened. The reason is the `cause`. */
export class ReceiverOpenError extends Error implements ReceiverIdentity {
  override readonly name = 'ReceiverOpenError';
  readonly code = 'receiver_open_failed';
  readonly tenant: string;
  readonly receiver: string;

  constructor({ tenant, receiver }: ReceiverIdentity, cause: unknown) {
    super(`${tenant}/${receiver} cannot be opened: ${inWords(cause)}`, { cause });
    this.tenant = tenant;
    this.receiver = receiver;
  }
}

/** Whatever goes wrong at a receiver; a DeliveryError is one of a sink of alerts. */
export type ReceiverFailure = RouteError | AckTimeoutError | RateLimitError | ReceiveError | DeliveryError;
