import { ConfigError } from '../configError.ts';
import * as t from 'io-ts';
import { decoder, oneOf } from '../codecs.ts';
import { readSecret } from '../readSecret.ts';
import { apiKeys, token } from './access.ts';
import { readCodeEngine } from './codeEngine.ts';
import { readManagers } from './managers.ts';
import { readObserverFile } from './observerFile.ts';
import type { ObserverSettings, ObserverTimes } from './observerSettings.ts';
import { readSeedData } from './seedData.ts';
import type { SetText, SetTexts, Variables } from './setText.ts';
import { readStorage } from './storage.ts';
import { flag, listed, minutes, network, ofText, wholeText } from './textCodecs.ts';
import { readTexts } from './readTexts.ts';

const SECONDS = 1_000;
const MINUTES = 60 * SECONDS;
const TIMES: ObserverTimes = {
  notifyMs: 5 * MINUTES,
  persistMs: 10 * MINUTES,
  restoreMs: 60 * MINUTES,
  backoffMs: 24 * 60 * MINUTES,
  jobRefreshMs: 10 * MINUTES,
};
/** With TEST, so that one does not wait for a day to see something. */
const TEST_TIMES: ObserverTimes = {
  notifyMs: 30 * SECONDS,
  persistMs: 2 * MINUTES,
  restoreMs: 3 * MINUTES,
  backoffMs: 4 * MINUTES,
  jobRefreshMs: 5 * MINUTES,
};

const webhookSecret = ofText('a secret such as whsec_ and 24 to 64 bytes in base64', (text) =>
  /^(?:whsec_)?[A-Za-z0-9+/]{32,88}={0,2}$/.test(text) ? text : undefined,
);
const hostName = ofText('the name of a host', (text) => (/^[A-Za-z0-9._-]{1,253}$/.test(text) ? text : undefined));
const somePorts = listed(wholeText(1, 65_535), 'ports with commas between them');
const ports = decoder<readonly number[] | 'any'>('ports with commas between them, or any', (input, context) =>
  input === 'any' ? t.success(input) : somePorts.validate(input, context),
);
const CODECS = {
  ENABLE_RESERVATIONS: flag,
  ENABLE_NOTIFICATIONS: flag,
  ENABLE_ALL: flag,
  NO_COS: flag,
  DROP_BAD: flag,
  HTTP_NOTIFY: flag,
  CLOUD_EVENTS: flag,
  ALLOW_SELF_SIGNED: flag,
  NOTIFY_INTERVAL: minutes,
  PERSIST_INTERVAL: minutes,
  RESTORE_INTERVAL: minutes,
  BACKOFF_DURATION: minutes,
  CE_REFRESH_INTERVAL: minutes,
  OBSERVER_FAILURE_LIMIT: wholeText(1, 1_000_000),
  OBSERVER_NOTIFY_TIMEOUT_MS: wholeText(1, 600_000),
  OBSERVER_NOTIFY_CONCURRENCY: wholeText(1, 10_000),
  OBSERVER_NOTIFY_PER_HOST: wholeText(1, 10_000),
  OBSERVER_CLOUD_EVENTS_MODE: oneOf(['structured', 'binary']),
  OBSERVER_ACKNOWLEDGE: oneOf(['saved', 'kept']),
  OBSERVER_MAX_REGISTRATIONS: wholeText(1, 1_000_000),
  OBSERVER_MAX_REGISTRATIONS_PER_OWNER: wholeText(1, 1_000_000),
  OBSERVER_ALLOWED_NETWORKS: listed(network, 'networks such as 10.0.0.0/8 with commas between them'),
  OBSERVER_ALLOWED_TARGETS: listed(hostName, 'names of hosts with commas between them'),
  OBSERVER_ALLOWED_PORTS: ports,
  OBSERVER_OPEN: flag,
};
const SECRETS = {
  OBSERVER_ADMIN_TOKEN: token,
  OBSERVER_METRICS_TOKEN: token,
  OBSERVER_API_KEYS: apiKeys,
  OBSERVER_WEBHOOK_SECRETS: listed(webhookSecret, 'secrets such as whsec_… with commas between them'),
};

/**
 * Reads the settings of an observer: the environment goes before the file that `EnvFile` names, the file before the
 * defaults. Rejects with a ConfigError that names everything that is wrong, and shows no secret.
 */
export async function readObserverSettings(env: Variables): Promise<ObserverSettings> {
  const problems: string[] = [];
  const file = await readObserverFile(env).catch((failure: unknown) => {
    if (!(failure instanceof ConfigError)) throw failure;
    problems.push(...failure.problems);
    return { endpoints: [], storage: {}, codeEngine: {} };
  });
  const values = readTexts(textsOf(env, Object.keys(CODECS)), CODECS, problems);
  const secrets = readSecrets(env, problems);
  const isTest = env['TEST'] !== undefined;
  const times = isTest ? TEST_TIMES : TIMES;
  const storage = readStorage(file.storage, env, problems);

  const settings: ObserverSettings = {
    mode: modeOf(values),
    managers: readManagers(file.endpoints, env, problems),
    storage,
    acknowledge: values.OBSERVER_ACKNOWLEDGE ?? (storage.kind === 'file' ? 'saved' : 'kept'),
    codeEngine: readCodeEngine(file.codeEngine, env, problems),
    seed: readSeedData(env['seeddata'], problems),
    notify: {
      as: notifyAs(values),
      timeoutMs: values.OBSERVER_NOTIFY_TIMEOUT_MS ?? 5_000,
      concurrency: values.OBSERVER_NOTIFY_CONCURRENCY ?? 200,
      perHost: values.OBSERVER_NOTIFY_PER_HOST ?? 10,
      failureLimit: values.OBSERVER_FAILURE_LIMIT ?? (isTest ? 2 : 10),
      dropsBad: values.DROP_BAD ?? false,
      allowsSelfSigned: values.ALLOW_SELF_SIGNED ?? false,
      allowedNetworks: values.OBSERVER_ALLOWED_NETWORKS ?? [],
      allowedHosts: values.OBSERVER_ALLOWED_TARGETS ?? [],
      allowedPorts: values.OBSERVER_ALLOWED_PORTS ?? [80, 443, 8_080, 8_443],
      secrets: secrets.OBSERVER_WEBHOOK_SECRETS ?? [],
    },
    times: {
      notifyMs: values.NOTIFY_INTERVAL ?? times.notifyMs,
      persistMs: values.PERSIST_INTERVAL ?? times.persistMs,
      restoreMs: values.RESTORE_INTERVAL ?? times.restoreMs,
      backoffMs: values.BACKOFF_DURATION ?? times.backoffMs,
      jobRefreshMs: values.CE_REFRESH_INTERVAL ?? times.jobRefreshMs,
    },
    limits: {
      registrations: values.OBSERVER_MAX_REGISTRATIONS ?? 100_000,
      registrationsPerOwner: values.OBSERVER_MAX_REGISTRATIONS_PER_OWNER ?? 10_000,
    },
    access: {
      adminToken: secrets.OBSERVER_ADMIN_TOKEN,
      metricsToken: secrets.OBSERVER_METRICS_TOKEN,
      keys: secrets.OBSERVER_API_KEYS,
      open: values.OBSERVER_OPEN ?? false,
    },
  };
  if (settings.mode === 'notifications' && storage.kind === 'memory' && settings.seed.length === 0) {
    problems.push(
      'ENABLE_NOTIFICATIONS alone reads registrations from a storage: COS_STORAGE, OBSERVER_STORE or seeddata',
    );
  }
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
  return settings;
}

function readSecrets(env: Variables, problems: string[]) {
  // What a secret says is not shown, not even when it is wrong.
  const texts: Record<string, SetText> = {};
  for (const name of Object.keys(SECRETS)) {
    const read = readSecret(env, name);
    if ('problem' in read) problems.push(read.problem);
    else if (read.value !== undefined) texts[name] = { text: read.value, from: name };
  }
  const told: string[] = [];
  const values = readTexts(texts, SECRETS, told);
  for (const [name, codec] of Object.entries(SECRETS)) {
    if (told.some((problem) => problem.startsWith(`${name} `))) problems.push(`${name} must be ${codec.name}`);
  }
  return values;
}

function textsOf(env: Variables, names: readonly string[]): SetTexts {
  return Object.fromEntries(
    names.flatMap((name) => (env[name] === undefined ? [] : [[name, { text: env[name], from: name }]])),
  );
}

function modeOf(values: {
  readonly ENABLE_RESERVATIONS?: boolean;
  readonly ENABLE_NOTIFICATIONS?: boolean;
  readonly ENABLE_ALL?: boolean;
}): ObserverSettings['mode'] {
  const { ENABLE_RESERVATIONS: takes = false, ENABLE_NOTIFICATIONS: tells = false, ENABLE_ALL: all = false } = values;
  if (all || takes === tells) return 'all';
  return takes ? 'reservations' : 'notifications';
}

function notifyAs(values: {
  readonly HTTP_NOTIFY?: boolean;
  readonly CLOUD_EVENTS?: boolean;
  readonly OBSERVER_CLOUD_EVENTS_MODE?: 'structured' | 'binary';
}): ObserverSettings['notify']['as'] {
  if (values.HTTP_NOTIFY === true && values.CLOUD_EVENTS !== true) return 'post';
  return values.OBSERVER_CLOUD_EVENTS_MODE === 'binary' ? 'cloudEventsBinary' : 'cloudEvents';
}
