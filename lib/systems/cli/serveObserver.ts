import { ephemeralSealer } from '../../adapters/node/ephemeralSealer.ts';
import { readObserverSettings } from '../config/observer/readObserverSettings.ts';
import { readSettings } from '../config/readSettings.ts';
import { bothOrProblems } from './bothOrProblems.ts';
import { createLog } from './log.ts';
import { openObserver } from './observer/openObserver.ts';
import { serveUntilStopped, type ServeFlags } from './serveUntilStopped.ts';
import type { Terminal } from './terminal.ts';

/** Serves an observer until it is told to stop, and gives the exit code. */
export async function serveObserver(flags: ServeFlags, terminal: Terminal): Promise<number> {
  const log = createLog((line) => terminal.error(line));
  const { env } = terminal;
  const [{ http, pageTokens }, settings] = await bothOrProblems(
    readSettings({ file: flags.config, env }),
    readObserverSettings(env),
  );
  // Without keys, page tokens end with the process: whoever lists starts again.
  const sealer = pageTokens.sealer ?? ephemeralSealer({ warn: () => undefined });
  const { host = http.host } = flags;
  const { app, begin, end } = await openObserver({ settings, host, sealer, log });
  return serveUntilStopped({ flags, terminal, log, http, app, begin, end });
}
