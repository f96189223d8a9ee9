import { catalogueApp } from '../catalogue/catalogueApp.ts';
import { loadAssets } from '../catalogue/loadAssets.ts';
import { openapi as catalogueApi } from '../catalogue/openapi.ts';
import { openapi as routingApi } from '../routing/openapi.ts';
import { joinApps } from './joinApps.ts';
import { createLog } from './log.ts';
import { openRouting } from './openRouting.ts';
import { openServedCatalogue } from './openServedCatalogue.ts';
import { serveUntilStopped, type ServeFlags } from './serveUntilStopped.ts';
import type { Terminal } from './terminal.ts';

/** Serves everything that there is on one port until it is told to stop, and gives the exit code. */
export async function up(flags: ServeFlags, terminal: Terminal): Promise<number> {
  const log = createLog((line) => terminal.error(line));
  const onError = (failure: unknown) => log.error('a request failed', { failure });
  const { catalogue, settings, sealer, probe } = await openServedCatalogue(flags.config, terminal, log);
  const assets = await loadAssets();
  const { host = settings.http.host } = flags;
  const routing = settings.routing && openRouting({ settings: settings.routing, host, sealer, log, onError });

  return serveUntilStopped({
    open: (ready) =>
      joinApps({ app: catalogueApp({ catalogue, assets, ready, onError }), openapi: catalogueApi }, [
        ...(routing
          ? [{ app: routing.app(ready), openapi: routingApi, prefixes: ['/hooks', '/v1/receivers', '/v1/alerts'] }]
          : []),
      ]),
    ...{ flags, settings, terminal, log, onError, onReady: probe },
    drain: () => routing?.drain(),
  });
}
