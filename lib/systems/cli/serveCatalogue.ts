import { catalogueApp } from '../catalogue/catalogueApp.ts';
import { loadAssets } from '../catalogue/loadAssets.ts';
import { createLog } from './log.ts';
import { openServedCatalogue } from './openServedCatalogue.ts';
import { serveUntilStopped, type ServeFlags } from './serveUntilStopped.ts';
import type { Terminal } from './terminal.ts';

/** Serves the catalogue until it is told to stop, and gives the exit code. */
export async function serveCatalogue(flags: ServeFlags, terminal: Terminal): Promise<number> {
  const log = createLog((line) => terminal.error(line));
  const onError = (failure: unknown) => log.error('a request failed', { failure });
  const { catalogue, settings, probe } = await openServedCatalogue(flags.config, terminal, log);
  const assets = await loadAssets();
  return serveUntilStopped({
    open: (ready) => catalogueApp({ catalogue, assets, ready, onError }),
    ...{ flags, settings, terminal, log, onError, onReady: probe },
  });
}
