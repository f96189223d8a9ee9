import { ephemeralSealer } from '../../adapters/node/ephemeralSealer.ts';
import { ConfigError } from '../config/configError.ts';
import { DEFAULT_FILE, readSettings, type Settings } from '../config/readSettings.ts';
import type { RoutingSettings } from '../config/routingSettings.ts';
import { EXIT } from './exit.ts';
import { createLog } from './log.ts';
import { openRouting } from './openRouting.ts';
import { routeTable } from './routeTable.ts';
import { serveUntilStopped, type ServeFlags } from './serveUntilStopped.ts';
import type { Terminal } from './terminal.ts';

/** Receives events and routes them until it is told to stop, and gives the exit code. */
export async function route(flags: ServeFlags, terminal: Terminal): Promise<number> {
  const log = createLog((line) => terminal.error(line));
  const onError = (failure: unknown) => log.error('a request failed', { failure });
  const { settings, routed } = await readRouting(flags.config, terminal);
  // Without keys, page tokens end with the process, and so do the receivers that they list.
  const sealer = settings.pageTokens.sealer ?? ephemeralSealer({ warn: () => undefined });
  const { host = settings.http.host } = flags;
  const routing = openRouting({ settings: routed, host, sealer, log, onError });
  return serveUntilStopped({
    open: (ready) => routing.app(ready),
    ...{ flags, settings, terminal, log, onError },
    drain: () => routing.drain(),
  });
}

/** Checks the configuration, prints what would be routed as a table, and gives the exit code. */
export async function routeCheck({ config }: Pick<ServeFlags, 'config'>, terminal: Terminal): Promise<number> {
  const { routed } = await readRouting(config, terminal);
  await terminal.write(routeTable(routed.spec));
  return EXIT.done;
}

async function readRouting(
  config: string | undefined,
  { env }: Terminal,
): Promise<{ readonly settings: Settings; readonly routed: RoutingSettings }> {
  const settings = await readSettings({ file: config, env });
  const { routing } = settings;
  if (routing && routing.spec.receivers.length > 0) return { settings, routed: routing };
  throw new ConfigError([`${config ?? DEFAULT_FILE}: there is nothing to route: it has no receivers`]);
}
