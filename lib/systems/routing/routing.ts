import type { Observable } from 'rxjs';
import type { DeliveryStats } from '../../contracts/delivery.ts';
import type { ReceiverLedger } from '../../core/receivers/receiver.ts';
import type { AlertHub } from './createAlertHub.ts';
import type { ReceiverReport } from './receiverReport.ts';
import type { RoutedReceiver } from './routedReceiver.ts';
import type { RouteSpec } from './routingSpec.ts';

/** How a route ended, by tenant. */
export type RouteLedger = ReadonlyMap<string, DeliveryStats>;

/** Receivers that run. */
export interface Routing {
  readonly alerts: AlertHub;
  /** Those of one name, by tenant. Throws RoutingError. */
  receivers(name: string): ReadonlyMap<string, RoutedReceiver>;
  /** How each is doing. */
  reports(): readonly ReceiverReport[];
  /** Paths of webhooks, and the receivers behind them. */
  webhooks(): ReadonlyMap<string, string>;
  /**
   * Attaches a route to a receiver, for all its tenants and the events that come from now on. Throws RoutingError and
   * UnknownSenderError.
   */
  addRoute(receiver: string, route: RouteSpec): void;
  /** Sends nothing more to a route, lets it settle what it holds, and gives its account. Errors with RoutingError. */
  removeRoute(receiver: string, route: string, options: { readonly deadlineMs: number }): Observable<RouteLedger>;
  /** Puts what a route has parked in line again. How many. Throws RoutingError. */
  redrive(receiver: string, route: string): number;
  /**
   * Takes no more events, lets the routes settle what they hold, discards what is left at the deadline, and gives the
   * accounts.
   */
  stop(options: { readonly deadlineMs: number }): Observable<readonly ReceiverLedger[]>;
}
