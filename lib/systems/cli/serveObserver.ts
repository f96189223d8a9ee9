import { ephemeralSealer } from '../../adapters/node/ephemeralSealer.ts';
import { readObserverSettings } from '../config/observer/readObserverSettings.ts';
import { readSettings } from '../config/readSettings.ts';
import { bothOrProblems } from './bothOrProblems.ts';
import { openLog } from './openLog.ts';
import { openObserver } from './observer/openObserver.ts';
import { serveUntilStopped, type ServeFlags } from './serveUntilStopped.ts';
import type { Telemetry } from './telemetry/withTelemetry.ts';
import type { Terminal } from './terminal.ts';

/** Serves an observer until it is told to stop, and gives the exit code. */
export async function serveObserver(flags: ServeFlags, terminal: Terminal, telemetry: Telemetry): Promise<number> {
  const log = openLog(terminal);
  const { env } = terminal;
  const [{ http, pageTokens }, settings] = await bothOrProblems(
    readSettings({ file: flags.config, env }),
    readObserverSettings(env),
  );
  // Without keys, page tokens end with the process: whoever lists starts again.
  const sealer = pageTokens.sealer ?? ephemeralSealer({ warn: () => undefined });
  const { host = http.host } = flags;
  const { app, begin, end } = await openObserver({ settings, host, sealer, log });
  return serveUntilStopped({ flags, terminal, log, telemetry, http, app, begin, end });
}
