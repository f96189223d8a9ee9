import { readSettings } from '../config/readSettings.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usageError.ts';

/** Where the server is. */
export interface ServerFlags {
  readonly server?: string | undefined;
  readonly config?: string | undefined;
}

/** The server that is named, else the one that the configuration describes. Rejects with a UsageError for what is no URL. */
export async function serverUrl({ server, config }: ServerFlags, terminal: Terminal): Promise<string> {
  const base = server ?? (await configured(config, terminal));
  if (/^https?:/i.test(base) && URL.canParse(base)) return base;
  throw new UsageError(`--server must be an http or https URL, not ${JSON.stringify(base.slice(0, 60))}`);
}

async function configured(config: string | undefined, { env }: Terminal): Promise<string> {
  const { host, port } = (await readSettings({ file: config, env })).http;
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}/`;
}
