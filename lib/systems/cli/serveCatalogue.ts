import { serve } from '../../adapters/http/serve.ts';
import { ephemeralSealer } from '../../adapters/node/ephemeralSealer.ts';
import { catalogueApp } from '../catalogue/catalogueApp.ts';
import { loadAssets } from '../catalogue/loadAssets.ts';
import { EXIT } from './exit.ts';
import { createLog } from './log.ts';
import { openCatalogue } from './openCatalogue.ts';
import type { Terminal } from './terminal.ts';

/** What the command line of `rxfan catalogue` and `rxfan up` says. */
export interface ServeFlags {
  readonly config?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

/** How long running requests may take once the server was told to stop. */
const DRAIN_MS = 10_000;

/** Serves the catalogue until it is told to stop, and gives the exit code. */
export async function serveCatalogue(flags: ServeFlags, terminal: Terminal): Promise<number> {
  const log = createLog((line) => terminal.error(line));
  const { catalogue, settings } = await openCatalogue({
    config: flags.config,
    terminal,
    log,
    sealerWithoutKeys: () => ephemeralSealer({ warn: (message) => log.warn(message) }),
    onSourceChange: ({ name, state, lastError }) => {
      if (state === 'unreachable') log.warn('a source is unreachable', { source: name, reason: lastError?.reason });
      else log.info('a source answers', { source: name });
    },
  });

  let stopping = false;
  const onError = (failure: unknown) => log.error('a request failed', { failure });
  const app = catalogueApp({ catalogue, assets: await loadAssets(), ready: () => !stopping, onError });
  const { host = settings.http.host, port = settings.http.port } = flags;
  const serving = await serve(app, { host, port, allowedHosts: settings.http.allowedHosts, onError });

  const stopped = new Promise<void>((resolve, reject) => {
    const unhook = terminal.onStop(() => {
      if (stopping) terminal.exit(EXIT.failed);
      stopping = true;
      log.info('stopping: no new requests, running ones may finish', { withinMs: DRAIN_MS });
      serving.stop({ deadlineMs: DRAIN_MS }).finally(unhook).then(resolve, reject);
    });
  });
  await terminal.write(`rxfan is ready at ${serving.url}\n`);
  const probing = catalogue.probe().subscribe();
  await stopped;
  probing.unsubscribe();
  return EXIT.done;
}
