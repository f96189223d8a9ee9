import { defer, finalize, tap, type Observable } from 'rxjs';
import type { DeliveryStats } from '../../contracts/delivery.ts';
import type { Route } from '../../contracts/receiver.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Lease } from '../../core/receivers/sharedReceiver.ts';
import type { Receiver, RouteHandle } from '../../core/receivers/receiver.ts';
import type { AlertHub } from './createAlertHub.ts';
import type { FailureLog } from './createFailureLog.ts';
import { receiverReport, type ReceiverReport } from './receiverReport.ts';
import { RoutingError } from './routingError.ts';
import type { ReceiverSpec, RouteSpec } from './routingSpec.ts';

/** What a {@link RoutedReceiver} is told with. */
export interface RoutedReceiverParts {
  readonly spec: ReceiverSpec;
  readonly receiver: Receiver<RoutedEvent>;
  readonly alerts: AlertHub;
  readonly failures: FailureLog;
}

/** A running receiver of one tenant, and what its routes were described as. */
export interface RoutedReceiver {
  readonly spec: ReceiverSpec;
  readonly receiver: Receiver<RoutedEvent>;
  /** Those who hold it. */
  readonly leases: Lease<RoutedEvent>[];
  /** The routes as described, those that are being removed included. */
  routes(): readonly RouteSpec[];
  add(spec: RouteSpec, route: Route<RoutedEvent>): void;
  /** Sends nothing more to a route, waits until it has settled what it holds, and gives its account. Throws RoutingError. */
  remove(route: string, deadlineMs: number): Observable<DeliveryStats>;
  handle(route: string): RouteHandle<RoutedEvent>;
  report(isClosed: boolean): ReceiverReport;
}

/** Keeps a receiver together with the description of its routes. */
export function routedReceiver({ spec, receiver, alerts, failures }: RoutedReceiverParts): RoutedReceiver {
  const described = new Map<string, RouteSpec>();
  const leases: Lease<RoutedEvent>[] = [];
  const openedAt = Date.now();
  receiver.errors$.pipe(tap((failure) => failures.failed(failure))).subscribe();
  alerts.watch(receiver.alerts$);

  const handle = (route: string): RouteHandle<RoutedEvent> => {
    const found = receiver.routes().find(({ id }) => id === route);
    if (found) return found;
    const known = [...described.keys()].join(', ') || 'none';
    throw new RoutingError('unknown_route', `receiver ${receiver.name} has no such route; known: ${known}`);
  };

  return {
    spec,
    receiver,
    leases,
    handle,
    routes: () => [...described.values()],
    add: (routeSpec, route) => {
      const { ended$ } = receiver.addRoute(route);
      described.set(routeSpec.name, routeSpec);
      const forget = () => {
        described.delete(routeSpec.name);
        failures.forget(receiver.tenant, receiver.name, routeSpec.name);
      };
      ended$.pipe(finalize(forget)).subscribe();
    },
    remove: (route, deadlineMs) => defer(() => handle(route).drain({ deadlineMs })),
    report: (isClosed) =>
      receiverReport({
        spec,
        receiver,
        routes: described,
        holders: leases.length,
        openedAt,
        isClosed,
        alerts,
        failures,
      }),
  };
}
