import { resolve } from 'node:path';
import { aesGcmSealer } from '../../adapters/node/aesGcmSealer.ts';
import { parseSealingKeys } from '../../adapters/node/parseSealingKeys.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import { oneOf, text } from './codecs.ts';
import { ConfigError } from './configError.ts';
import { means } from './described.ts';
import type { EventsSettings } from './eventsConfig.ts';
import type { JobsSettings } from './jobsConfig.ts';
import { readSecret } from './readSecret.ts';
import { readTexts } from './readTexts.ts';
import { telemetryVariables } from './telemetryVariables.ts';
import { textsOf, type Variables } from './setText.ts';
import { listed, ofText, wholeText } from './textCodecs.ts';

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

const hostName = ofText('a host name or address', (name) => (/^[\w.:-]{1,255}$/.test(name) ? name : undefined));
const jobsStore = ofText('memory, or the path of a folder', (path) => {
  if (path.trim() === '') return undefined;
  return path === 'memory' ? path : resolve(path);
});

/** The variables that are shown in messages when they are wrong. */
export const variables = {
  PORT: means('Where the program listens. Default: 8080.', wholeText(1, 65_535)),
  HOST: means('Address or name. Default: 127.0.0.1.', hostName),
  ALLOWED_HOSTS: means(
    'Other names it is asked by. Default: none.',
    listed(text, 'host names with commas between them'),
  ),
  PAGE_SIZE_DEFAULT: means('Items of a page when a request names none. Default: 20.', wholeText(1, 100_000)),
  PAGE_SIZE_MAX: means('Most items of a page. Default: 1000.', wholeText(1, 100_000)),
  SOURCE_TIMEOUT_MS: means('For each answer of a source. Default: 10000.', wholeText(1, 86_400_000)),
  PAGE_TOKEN_TTL_MS: means('How long a page token is taken. Default: a day.', wholeText(1_000, 315_360_000_000)),
  JOBS_MAX_RUNNING: means('Most jobs at the same time. Default: 4.', wholeText(1, 1_000)),
  JOBS_MAX_WAITING: means('Most jobs that wait. Default: 100.', wholeText(0, 10_000)),
  JOBS_RETENTION_MS: means(
    'How long a job can be read after its end. Default: 3600000.',
    wholeText(1_000, 31_536_000_000),
  ),
  JOBS_STORE: means('Where jobs are kept. Default: memory.', jobsStore),
  ...telemetryVariables,
  EVENTS_TRANSPORT: means('What carries messages. Default: memory.', oneOf(['memory', 'rabbitmq'])),
};

/** The variables that no message shows; each may be in a file that the same name with `_FILE` names, save the first. */
export const secretVariables = {
  PAGE_TOKEN_KEYS:
    '`id:secret` pairs with commas between them; the first seals, `id:retired` is expired. Default: a key of its own.',
  AMQP_URL: 'Of the broker, with credentials.',
  METRICS_TOKEN: 'Opens /metrics. Default: it is open on this machine alone.',
  IDEMPOTENCY_SECRET: 'Makes operation ids of idempotency keys. Default: they hold for this process only.',
};

/** Reads the environment. Throws a ConfigError that names every variable with a value that it cannot have. */
export function readEnvironment(env: Variables): Environment {
  const problems: string[] = [];
  const values = readTexts(textsOf(env, Object.keys(variables)), variables, problems);
  const secret = (name: keyof typeof secretVariables) => {
    const read = readSecret(env, name);
    if ('problem' in read) problems.push(read.problem);
    return 'problem' in read ? undefined : read.value;
  };

  const environment: Environment = {
    port: values.PORT,
    host: values.HOST,
    allowedHosts: values.ALLOWED_HOSTS,
    pageSizeDefault: values.PAGE_SIZE_DEFAULT,
    pageSizeMax: values.PAGE_SIZE_MAX,
    timeoutMs: values.SOURCE_TIMEOUT_MS,
    ttlMs: values.PAGE_TOKEN_TTL_MS,
    sealer: sealerOf(env['PAGE_TOKEN_KEYS'], problems),
    jobs: given({
      maxRunning: values.JOBS_MAX_RUNNING,
      maxWaiting: values.JOBS_MAX_WAITING,
      retentionMs: values.JOBS_RETENTION_MS,
      store: values.JOBS_STORE,
    }),
    events: given({
      transport: values.EVENTS_TRANSPORT,
      url: secret('AMQP_URL'),
      idempotencySecret: secret('IDEMPOTENCY_SECRET'),
    }),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return environment;
}

function sealerOf(keys: string | undefined, problems: string[]): TokenSealer | undefined {
  try {
    return keys === undefined ? undefined : aesGcmSealer(parseSealingKeys(keys));
  } catch (failure) {
    problems.push(`PAGE_TOKEN_KEYS: ${failure instanceof Error ? failure.message : String(failure)}`); // shows no secret
    return undefined;
  }
}

/** The members that are there. */
function given<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> };
}
