import { resolve } from 'node:path';
import { aesGcmSealer } from '../../adapters/node/aesGcmSealer.ts';
import { parseSealingKeys } from '../../adapters/node/parseSealingKeys.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import { ConfigError } from './configError.ts';
import type { EventsSettings } from './eventsConfig.ts';
import type { JobsSettings } from './jobsConfig.ts';
import { readSecret } from './readSecret.ts';

/** What the environment says. It goes before the configuration file. */
export interface Environment {
  readonly port?: number | undefined;
  readonly host?: string | undefined;
  readonly allowedHosts?: readonly string[] | undefined;
  readonly pageSizeDefault?: number | undefined;
  readonly pageSizeMax?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly sealer?: TokenSealer | undefined;
  readonly ttlMs?: number | undefined;
  readonly jobs?: JobsEnvironment | undefined;
  readonly events?: EventsEnvironment | undefined;
}

/** What the environment says of events. */
export type EventsEnvironment = Partial<Pick<EventsSettings, 'transport' | 'url' | 'idempotencySecret'>>;

/** What the environment says of jobs. */
export type JobsEnvironment = Partial<Pick<JobsSettings, 'maxRunning' | 'maxWaiting' | 'retentionMs' | 'store'>>;

/** Reads the environment. Throws a ConfigError that names every variable with a value that it cannot have. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const problems: string[] = [];
  const read = <A>(name: string, expected: string, parse: (value: string) => A | undefined): A | undefined => {
    const value = env[name];
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if (parsed === undefined) problems.push(`${name} must be ${expected}, not ${JSON.stringify(value.slice(0, 60))}`);
    return parsed;
  };
  const whole = (name: string, min: number, max: number) =>
    read(name, `a whole number from ${min} to ${max}`, (value) =>
      /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max ? Number(value) : undefined,
    );
  const texts = (value: string) => {
    const parts = value.split(',').map((part) => part.trim());
    return parts.every((part) => part !== '') ? parts : undefined;
  };

  const sealer = () => {
    const keys = env['PAGE_TOKEN_KEYS'];
    try {
      return keys === undefined ? undefined : aesGcmSealer(parseSealingKeys(keys));
    } catch (failure) {
      problems.push(`PAGE_TOKEN_KEYS: ${failure instanceof Error ? failure.message : String(failure)}`); // shows no secret
      return undefined;
    }
  };

  const secret = (name: string) => {
    const read = readSecret(env, name);
    if ('problem' in read) problems.push(read.problem);
    return 'problem' in read ? undefined : read.value;
  };

  const environment: Environment = {
    port: whole('PORT', 1, 65_535),
    host: read('HOST', 'a host name or address', (value) => (/^[\w.:-]{1,255}$/.test(value) ? value : undefined)),
    allowedHosts: read('ALLOWED_HOSTS', 'host names with commas between them', texts),
    pageSizeDefault: whole('PAGE_SIZE_DEFAULT', 1, 100_000),
    pageSizeMax: whole('PAGE_SIZE_MAX', 1, 100_000),
    timeoutMs: whole('SOURCE_TIMEOUT_MS', 1, 86_400_000),
    ttlMs: whole('PAGE_TOKEN_TTL_MS', 1_000, 315_360_000_000),
    sealer: sealer(),
    jobs: given({
      maxRunning: whole('JOBS_MAX_RUNNING', 1, 1_000),
      maxWaiting: whole('JOBS_MAX_WAITING', 0, 10_000),
      retentionMs: whole('JOBS_RETENTION_MS', 1_000, 31_536_000_000),
      store: read('JOBS_STORE', 'memory, or the path of a folder', (value) => storeOf(value)),
    }),
    events: given({
      transport: read('EVENTS_TRANSPORT', 'memory or rabbitmq', (value) =>
        value === 'memory' || value === 'rabbitmq' ? value : undefined,
      ),
      url: secret('AMQP_URL'),
      idempotencySecret: secret('IDEMPOTENCY_SECRET'),
    }),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return environment;
}

/** The members that are there. */
function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}

function storeOf(value: string): string | undefined {
  if (value.trim() === '') return undefined;
  return value === 'memory' ? value : resolve(value);
}
