import { access } from 'node:fs/promises';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import { ConfigError } from './configError.ts';
import type { ConsoleSettings } from './consoleConfig.ts';
import { readConfigFile, type ConfigFile } from './configFile.ts';
import { readEnvironment, type Environment } from './environment.ts';
import type { EventsSettings } from './eventsConfig.ts';
import type { JobsSettings } from './jobsConfig.ts';
import { routingContradictions } from './routingContradictions.ts';
import { DEMO, routingSettings, type RoutingSettings } from './routingSettings.ts';
import type { SourceConfig } from './sourceConfig.ts';

/** The file that is read when none is named, if it is there. */
export const DEFAULT_FILE = 'rxfan.config.yaml';

/** Where {@link readSettings} looks. */
export interface SettingsScope {
  /** The configuration file. Absent: `rxfan.config.yaml` in the current folder, if there is one. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Everything that can be set, with defaults for what was not. */
export interface Settings {
  /** Absent: the lists of this machine. */
  readonly sources?: readonly SourceConfig[] | undefined;
  readonly pageSize: { readonly default: number; readonly max: number };
  readonly timeoutMs: number;
  readonly onSourceFailure: 'omit' | 'fail';
  /** `sealer` is absent where no keys are set. */
  readonly pageTokens: { readonly sealer?: TokenSealer | undefined; readonly ttlMs?: number | undefined };
  readonly jobs: JobsSettings;
  readonly events: EventsSettings;
  readonly console: ConsoleSettings;
  /** What whoever watches or changes the server must send as bearer token. Absent: nothing, on the loopback address. */
  readonly adminToken?: string | undefined;
  readonly http: { readonly host: string; readonly port: number; readonly allowedHosts: readonly string[] };
  /** Without a configuration file, a receiver to try things out with. Absent: nothing is routed. */
  readonly routing?: RoutingSettings | undefined;
}

/** Reads the settings: the environment goes before the file, the file before the defaults. Rejects with a ConfigError. */
export async function readSettings({ file, env }: SettingsScope): Promise<Settings> {
  const path = file ?? ((await exists(DEFAULT_FILE)) ? DEFAULT_FILE : undefined);
  const problems: string[] = [];
  const noting = (failure: unknown) => {
    if (!(failure instanceof ConfigError)) throw failure;
    problems.push(...failure.problems);
    return {};
  };
  const fromFile: ConfigFile = path === undefined ? {} : await readConfigFile(path, env).catch(noting);
  const fromEnv: Environment = await Promise.resolve(env).then(readEnvironment).catch(noting);

  const settings: Settings = {
    ...merge(fromFile, fromEnv),
    console: { demo: path === undefined, maxClients: 16, ...fromFile.console },
    routing: path === undefined ? DEMO : routingSettings(fromFile),
  };
  problems.push(...contradictions(settings, path));
  if (problems.length > 0) throw new ConfigError(problems);
  return settings;
}

const JOBS: JobsSettings = {
  maxRunning: 4,
  maxWaiting: 100,
  retentionMs: 3_600_000,
  maxRetained: 1_000,
  store: 'memory',
  kinds: {},
};

const EVENTS: EventsSettings = { transport: 'memory', exchange: { name: 'events', type: 'topic' } };

function merge(file: ConfigFile, env: Environment): Omit<Settings, 'routing' | 'console'> {
  const {
    sources,
    pageSize = {},
    timeoutMs = 10_000,
    onSourceFailure = 'omit',
    pageTokens = {},
    http = {},
    jobs = {},
    events = {},
  } = file;
  const max = env.pageSizeMax ?? pageSize.max ?? 1_000;

  return {
    sources,
    pageSize: { default: env.pageSizeDefault ?? pageSize.default ?? Math.min(20, max), max },
    timeoutMs: env.timeoutMs ?? timeoutMs,
    onSourceFailure,
    adminToken: file.adminToken,
    pageTokens: { sealer: env.sealer ?? pageTokens.keys, ttlMs: env.ttlMs ?? pageTokens.ttlMs },
    jobs: { ...JOBS, ...jobs, ...env.jobs },
    events: { ...EVENTS, ...events, exchange: { ...EVENTS.exchange, ...events.exchange }, ...env.events },
    http: {
      host: env.host ?? http.host ?? '127.0.0.1',
      port: env.port ?? http.port ?? 8_080,
      allowedHosts: env.allowedHosts ?? http.allowedHosts ?? [],
    },
  };
}

/** What is wrong although every value by itself is right. */
function contradictions({ pageSize, sources = [], events, routing }: Settings, path = ''): readonly string[] {
  const problems: string[] = [];
  if (pageSize.default > pageSize.max) {
    problems.push(`pageSize.default (${pageSize.default}) is more than pageSize.max (${pageSize.max})`);
  }
  const names = sources.map(({ name, type }) => name ?? type);
  names.forEach((name, i) => {
    const first = names.indexOf(name);
    if (first !== i)
      problems.push(
        `${path}: /sources/${i} has the name of /sources/${first}, ${JSON.stringify(name)}; give it another`,
      );
  });
  if (events.transport === 'rabbitmq' && events.url === undefined) {
    problems.push('events: the transport rabbitmq needs AMQP_URL, AMQP_URL_FILE, or events.url');
  }
  if (routing) problems.push(...routingContradictions(routing.spec).map((says) => `${path}: ${says}`));
  return problems;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
