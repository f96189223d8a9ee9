import { catalogueApp } from '../catalogue/catalogueApp.ts';
import { loadAssets } from '../catalogue/loadAssets.ts';
import { openServedCatalogue } from './openServedCatalogue.ts';
import { serveUntilStopped, type ServeFlags } from './serveUntilStopped.ts';
import type { Telemetry } from './telemetry/withTelemetry.ts';
import type { Terminal } from './terminal.ts';

/** Serves the catalogue until it is told to stop, and gives the exit code. */
export async function serveCatalogue(flags: ServeFlags, terminal: Terminal, telemetry: Telemetry): Promise<number> {
  const { catalogue, settings, log } = await openServedCatalogue(flags, terminal);
  const assets = await loadAssets();

  return serveUntilStopped({
    flags,
    terminal,
    log,
    telemetry,
    http: settings.http,
    app: (ready, onError) => catalogueApp({ catalogue, assets, ready, onError }),
    meanwhile: catalogue.probe(),
  });
}
