import { ephemeralSealer } from '../../adapters/node/ephemeralSealer.ts';
import { openLog } from './openLog.ts';
import { openRouting } from './openRouting.ts';
import { readRouting } from './readRouting.ts';
import { serveUntilStopped, type ServeFlags } from './serveUntilStopped.ts';
import type { Telemetry } from './telemetry/withTelemetry.ts';
import type { Terminal } from './terminal.ts';

/** Receives events and routes them until it is told to stop, and gives the exit code. */
export async function serveRouting(flags: ServeFlags, terminal: Terminal, telemetry: Telemetry): Promise<number> {
  const log = openLog(terminal);
  const { settings, routed } = await readRouting(flags.config, terminal);
  // Without keys, page tokens end with the process, and so do the receivers that they list.
  const sealer = settings.pageTokens.sealer ?? ephemeralSealer({ warn: () => undefined });
  const { host = settings.http.host } = flags;
  const { app, end } = openRouting({ settings: routed, host, sealer, log });
  return serveUntilStopped({ flags, terminal, log, telemetry, http: settings.http, app, end });
}
