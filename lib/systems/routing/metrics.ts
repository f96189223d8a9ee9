import type { ReceiverReport } from './receiverReport.ts';
import type { Routing } from './routing.ts';

/** The figures of everything that is routed, at this moment: counters grow, the others go up and down. */
export function metricsOf(routing: Pick<Routing, 'reports' | 'alerts'>): object {
  const reports = routing.reports();
  const routes = reports.flatMap(({ tenant, name, routes: all }) =>
    all.map((route) => ({ tenant, receiver: name, route: route.name, ...figures(route) })),
  );
  const { heapUsed, rss } = process.memoryUsage();
  return {
    time: new Date().toISOString(),
    process: { uptimeMs: Math.round(process.uptime() * 1_000), heapUsedBytes: heapUsed, residentBytes: rss },
    alertsRaised: routing.alerts.all().length,
    receivers: reports.map(({ tenant, name, events }) => ({ tenant, receiver: name, ...events })),
    routes,
  };
}

function figures(route: ReceiverReport['routes'][number]): object {
  const { depth, bufferSize, inFlight, concurrency, oldestAgeMs, retried, outcomes, alert } = route;
  const isAlerting = alert.state === 'raised';
  return { depth, bufferSize, inFlight, concurrency, oldestAgeMs, retried, ...outcomes, isAlerting };
}
