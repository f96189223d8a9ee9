import { ConfigError } from '../config/configError.ts';
import { DEFAULT_FILE, readSettings, type Settings } from '../config/readSettings.ts';
import type { RoutingSettings } from '../config/routingSettings.ts';
import type { Terminal } from './terminal.ts';

/** The settings of a command that routes. Rejects with a ConfigError, also where there is nothing to route. */
export async function readRouting(
  config: string | undefined,
  { env }: Terminal,
): Promise<{ readonly settings: Settings; readonly routed: RoutingSettings }> {
  const settings = await readSettings({ file: config, env });
  const { routing } = settings;
  if (routing && routing.spec.receivers.length > 0) return { settings, routed: routing };
  throw new ConfigError([`${config ?? DEFAULT_FILE}: there is nothing to route: it has no receivers`]);
}
