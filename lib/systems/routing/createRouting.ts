import { defer, forkJoin, map, of } from 'rxjs';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import { createReceivers } from '../../core/receivers/createReceivers.ts';
import type { Lease } from '../../core/receivers/sharedReceiver.ts';
import { createAlertHub } from './createAlertHub.ts';
import { createFailureLog } from './createFailureLog.ts';
import { createSenders } from './createSenders.ts';
import { findLoop, flowOf, type Flow } from './flows.ts';
import { openAlertSink } from './openAlertSink.ts';
import { openTopics, receiverOpener, type ReceiverConfiguration } from './openReceiver.ts';
import { openRoute } from './openRoute.ts';
import { routedReceiver, type RoutedReceiver } from './routedReceiver.ts';
import type { Routing } from './routing.ts';
import { RoutingError } from './routingError.ts';
import { pathOf, tenantsOf, type ReceiverSpec, type RouteSpec, type RoutingSpec } from './routingSpec.ts';
import { stopRouting } from './stopRouting.ts';

/** Where a {@link Routing} tells what an operator should know. */
export interface RoutingLog {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

/** Everything that {@link createRouting} works with. */
export interface RoutingOptions {
  readonly spec: RoutingSpec;
  readonly log: RoutingLog;
  /** Latest alerts that are kept for clients of the event stream. Default: 1 000. */
  readonly keptAlerts?: number | undefined;
}

/** Most routes of one receiver. */
const MAX_ROUTES = 100;

/**
 * Opens the receivers that are described, with their routes; `routingApp` serves them. Entries with the same tenant, name
 * and configuration share a receiver. Throws RoutingError, OptionError and UnknownSenderError at what cannot be meant.
 *
 * @example
 * const routing = createRouting({ spec: { receivers: [{ name: 'in', type: 'webhook', routes: [{ name: 'log', sender: { type: 'log' } }] }] }, log });
 */
export function createRouting({ spec, log, keptAlerts = 1_000 }: RoutingOptions): Routing {
  const { senders: named = [], alertSinks = [] } = spec;
  const warn = (message: string, facts: Readonly<Record<string, unknown>>) => log.warn(message, facts);
  const topics = openTopics(spec.topics);
  const alerts = createAlertHub({ size: keptAlerts });
  const failures = createFailureLog(warn);
  const senders = createSenders({ senders: named, topic: topics.topic, writeLog: (line) => log.info(line) });
  const open = receiverOpener(spec, {
    topic: topics.topic,
    onProblem: (problem) => warn('an event could not be read', { reason: problem.message }),
    alertSinks: alertSinks.map((sink, i) => openAlertSink(sink, i, { topic: topics.topic, warn })),
  });
  const shared = createReceivers<RoutedEvent, ReceiverConfiguration>({ open: (request) => of(open(request)) });
  const running = new Map<string, RoutedReceiver>();
  let isStopping = false;

  const openFor = (tenant: string, receiverSpec: ReceiverSpec): RoutedReceiver => {
    const { name } = receiverSpec;
    const configuration = { ...receiverSpec, routes: undefined, tenants: undefined };
    const leases: Lease<RoutedEvent>[] = [];
    let failure: unknown;
    shared.acquire({ tenant, receiver: name, configuration }).subscribe({
      next: (lease) => leases.push(lease),
      error: (thrown: unknown) => (failure = thrown),
    });
    const [lease] = leases; // there at once: nothing is waited for
    if (!lease) throw failure;
    const before = running.get(`${tenant}/${name}`);
    const { receiver } = lease;
    const entry =
      before?.receiver === receiver ? before : routedReceiver({ spec: receiverSpec, receiver, alerts, failures });
    entry.leases.push(lease);
    running.set(`${tenant}/${name}`, entry);
    return entry;
  };

  const ofName = (name: string): ReadonlyMap<string, RoutedReceiver> => {
    const found = [...running.values()].filter(({ receiver }) => receiver.name === name);
    if (found.length > 0) return new Map(found.map((entry) => [entry.receiver.tenant, entry]));
    const known = [...new Set([...running.values()].map(({ receiver }) => receiver.name))].join(', ');
    throw new RoutingError('unknown_receiver', `there is no such receiver; known: ${known}`);
  };

  const flows = (): readonly Flow[] => [...running.values()].map((entry) => flowOf(entry.spec, entry.routes(), named));

  const check = (entry: RoutedReceiver, route: RouteSpec): void => {
    const { receiver } = entry;
    const routes = entry.routes();
    if (routes.some(({ name }) => name === route.name)) {
      throw new RoutingError('route_exists', `receiver ${receiver.name} has a route ${route.name} already`);
    }
    if (routes.length >= MAX_ROUTES) {
      throw new RoutingError('too_many_routes', `receiver ${receiver.name} has ${MAX_ROUTES} routes, the most it may`);
    }
    const loop = findLoop([...flows(), flowOf(entry.spec, [...routes, route], named)]);
    if (loop !== undefined) throw new RoutingError('loop', `events would go round in a circle: ${loop}`);
  };

  const attach = (entry: RoutedReceiver, route: RouteSpec): void => {
    const { tenant, name } = entry.receiver;
    entry.add(route, openRoute(route, senders.open(route.sender, `${tenant}/${name}/${route.name}`)));
  };

  for (const receiverSpec of spec.receivers) {
    for (const tenant of tenantsOf(receiverSpec)) {
      const entry = openFor(tenant, receiverSpec);
      for (const route of receiverSpec.routes) {
        check(entry, route);
        attach(entry, route);
      }
    }
  }

  return {
    alerts,
    receivers: ofName,
    reports: () => [...running.values()].map((entry) => entry.report(isStopping)),
    webhooks: () =>
      new Map(spec.receivers.flatMap((each) => (each.type === 'webhook' ? [[pathOf(each), each.name]] : []))),
    addRoute: (receiver, route) => {
      const entries = [...ofName(receiver).values()];
      if (isStopping) throw new RoutingError('stopping', 'the server is stopping');
      for (const entry of entries) check(entry, route);
      for (const entry of entries) attach(entry, route);
    },
    removeRoute: (receiver, route, { deadlineMs }) =>
      defer(() => {
        const entries = [...ofName(receiver)];
        for (const [, entry] of entries) entry.handle(route);
        return forkJoin(
          entries.map(([tenant, entry]) =>
            entry.remove(route, deadlineMs).pipe(map((account) => [tenant, account] as const)),
          ),
        );
      }).pipe(map((accounts) => new Map(accounts))),
    redrive: (receiver, route) =>
      [...ofName(receiver).values()].reduce((count, entry) => count + entry.handle(route).redrive(), 0),
    stop: ({ deadlineMs }) =>
      defer(() => {
        isStopping = true;
        return stopRouting({ entries: [...running.values()], flows: flows(), topics, alerts }, deadlineMs);
      }),
  };
}
