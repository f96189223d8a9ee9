import type { DeliveryStats } from '../../contracts/delivery.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Receiver } from '../../core/receivers/receiver.ts';
import type { AlertHub } from './createAlertHub.ts';
import type { FailureLog, LastError } from './createFailureLog.ts';
import { senderName } from './createSenders.ts';
import { filterName } from './openFilters.ts';
import { pathOf, type ReceiverSpec, type RouteSpec } from './routingSpec.ts';

/** How the events of a route ended so far, or where they are held up. */
export type Outcomes = Pick<DeliveryStats, (typeof OUTCOMES)[number]>;

const OUTCOMES = [
  ...(['offered', 'succeeded', 'failed', 'coalesced', 'dropped'] as const),
  ...(['parked', 'refused', 'discarded', 'blocked'] as const),
];

/** How the events of a route ended so far. */
export function outcomesOf(stats: DeliveryStats): Outcomes {
  return Object.fromEntries(OUTCOMES.map((outcome) => [outcome, stats[outcome]])) as Outcomes;
}

/** How a route is doing, as clients are told. */
export interface RouteReport {
  readonly name: string;
  readonly filters: readonly string[];
  readonly sender: string;
  readonly overflow: string;
  readonly bufferSize: number;
  readonly concurrency: number;
  /** Events that wait, and those being sent. */
  readonly depth: number;
  readonly inFlight: number;
  readonly oldestAgeMs: number;
  readonly retried: number;
  readonly outcomes: Outcomes;
  readonly alert: { readonly state: 'raised' | 'cleared'; readonly since?: string };
  readonly lastError?: LastError;
}

/** How a receiver is doing, as clients are told. */
export interface ReceiverReport {
  readonly id: string;
  readonly state: 'open' | 'closed';
  readonly tenant: string;
  readonly name: string;
  readonly source: Readonly<Record<string, unknown>>;
  /** How many entries of the configuration share it. */
  readonly holders: number;
  readonly createTime: string;
  readonly events: Readonly<Record<string, number>>;
  readonly routes: readonly RouteReport[];
  readonly lastError?: LastError;
}

/** What a report is made of. */
export interface ReportParts {
  readonly receiver: Receiver<RoutedEvent>;
  readonly spec: ReceiverSpec;
  readonly routes: ReadonlyMap<string, RouteSpec>;
  readonly holders: number;
  readonly openedAt: number;
  readonly isClosed: boolean;
  readonly alerts: AlertHub;
  readonly failures: FailureLog;
}

/** Tells how a receiver is doing. No secret of its configuration is in it. */
export function receiverReport(parts: ReportParts): ReceiverReport {
  const { receiver, spec, routes, holders, openedAt, isClosed, alerts, failures } = parts;
  const { tenant, name } = receiver;
  const { received, retried, acked, nacked, pending, joined, delayed, routes: stats } = receiver.stats();
  const lastError = failures.last(tenant, name);

  const routeReport = (route: string, account: DeliveryStats): RouteReport => {
    const described = routes.get(route);
    const { waiting, running, oldestAgeMs, concurrency } = account;
    const raised = alerts.current(tenant, name, route);
    const routeError = failures.last(tenant, name, route);
    return {
      name: route,
      filters: (described?.filters ?? []).map(filterName),
      sender: described ? senderName(described.sender) : '',
      overflow: described?.overflow ?? 'error',
      bufferSize: described?.bufferSize ?? 1_024,
      concurrency,
      depth: waiting,
      inFlight: running,
      oldestAgeMs,
      retried: account.retried,
      outcomes: outcomesOf(account),
      alert: raised ? { state: 'raised', since: new Date(raised.since).toISOString() } : { state: 'cleared' },
      ...(routeError && { lastError: routeError }),
    };
  };

  return {
    id: `${tenant}/${name}`,
    state: isClosed ? 'closed' : 'open',
    tenant,
    name,
    source: sourceReport(spec),
    holders,
    createTime: new Date(openedAt).toISOString(),
    events: { received, retried, acked, nacked, pending, joined, delayed },
    routes: [...stats].map(([route, account]) => routeReport(route, account)),
    ...(lastError && { lastError }),
  };
}

function sourceReport(spec: ReceiverSpec): Readonly<Record<string, unknown>> {
  switch (spec.type) {
    case 'webhook':
      return { type: spec.type, path: pathOf(spec), answer: spec.answer ?? 'taken' };
    case 'topic':
      return { type: spec.type, topic: spec.topic };
    case 'interval':
      return { type: spec.type, everyMs: spec.everyMs };
    case 'file':
      return { type: spec.type, path: spec.path };
  }
}
