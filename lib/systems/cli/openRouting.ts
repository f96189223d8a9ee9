import { firstValueFrom } from 'rxjs';
import { adminOf } from '../../adapters/http/adminOf.ts';
import type { WebApp } from '../../adapters/http/serve.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { ReceiverLedger } from '../../core/receivers/receiver.ts';
import { liveRoute } from '../config/routeConfig.ts';
import { DEMO, type RoutingSettings } from '../config/routingSettings.ts';
import { createRouting } from '../routing/createRouting.ts';
import { outcomesOf } from '../routing/receiverReport.ts';
import type { Routing } from '../routing/routing.ts';
import { routingApp } from '../routing/routingApp.ts';
import type { Log } from './log.ts';

/** What a command opens its receivers with. */
export interface OpenRoutingOptions {
  readonly settings: RoutingSettings;
  /** Where the server listens. */
  readonly host: string;
  readonly sealer: TokenSealer;
  readonly log: Log;
}

/** Receivers that run, to be served. */
export interface OpenRouting {
  readonly routing: Routing;
  /** `ready` is false while the server does not want new requests. */
  readonly app: (ready: () => boolean, onError: (failure: unknown) => void) => WebApp;
  /** Takes no more events, lets the routes settle what they hold, and logs the account of each receiver. */
  readonly end: () => Promise<void>;
}

/** The receivers that the settings describe. */
export function openRouting({ settings, host, sealer, log }: OpenRoutingOptions): OpenRouting {
  const { spec, adminToken, drainMs } = settings;
  const routing = createRouting({ spec, log });
  if (settings === DEMO) log.info('no configuration file: JSON that is sent to /hooks/demo is written here');
  const admin = adminOf(host, adminToken);
  return {
    routing,
    app: (ready, onError) => routingApp({ routing, routeCodec: liveRoute, sealer, admin, ready, onError }),
    end: async () => {
      log.info('stopping: no new events, routes may settle what they hold', { withinMs: drainMs });
      const ledgers = await firstValueFrom(routing.stop({ deadlineMs: drainMs }));
      for (const ledger of ledgers) logLedger(ledger, log);
    },
  };
}

/** One line for a receiver, and one for each of its routes: what came in, and how it ended. */
function logLedger({ tenant, receiver, routes, alertSinks, ...events }: ReceiverLedger, log: Log): void {
  log.info('a receiver is closed', { receiver: `${tenant}/${receiver}`, ...events });
  for (const [route, stats] of routes) {
    const account = { route: `${tenant}/${receiver}/${route}`, ...outcomesOf(stats), retried: stats.retried };
    if (stats.discarded > 0) log.warn('a route is closed before it was done', account);
    else log.info('a route is closed', account);
  }
  for (const [sink, stats] of alertSinks) {
    if (stats.offered > stats.succeeded) log.warn('a sink has not had all alerts', { sink, ...outcomesOf(stats) });
  }
}
