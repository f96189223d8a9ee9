import type { RoutingSpec } from '../routing/routingSpec.ts';
import type { ConfigFile } from './configFile.ts';

/** What is routed, and on what terms. */
export interface RoutingSettings {
  readonly spec: RoutingSpec;
  /** What whoever sees or changes what is routed must send as bearer token. Absent: nothing, on the loopback address. */
  readonly adminToken?: string | undefined;
  /** How long routes may take to settle what they hold once the program was told to stop, in ms. */
  readonly drainMs: number;
}

/** What the file says of routing; undefined where it has no receivers. */
export function routingSettings(file: ConfigFile): RoutingSettings | undefined {
  const { receivers, senders, topics, tenants, alertSinks, adminToken, drainMs = 10_000 } = file;
  const others = Object.entries({ senders, topics, tenants, alertSinks }).filter(([, value]) => value !== undefined);
  if (receivers === undefined && others.length === 0) return undefined;
  return { spec: { receivers: receivers ?? [], ...Object.fromEntries(others) }, adminToken, drainMs };
}

/** For whoever has no configuration file yet: what is sent to /hooks/demo is written to the log. */
export const DEMO: RoutingSettings = {
  spec: { receivers: [{ name: 'demo', type: 'webhook', routes: [{ name: 'log', sender: { type: 'log' } }] }] },
  drainMs: 10_000,
};
