import { ConfigError } from '../configError.ts';
import { means } from '../described.ts';
import * as t from 'io-ts';
import { decoder, oneOf } from '../codecs.ts';
import { readSecret } from '../readSecret.ts';
import { apiKeys, token } from './access.ts';
import { readCodeEngine } from './codeEngine.ts';
import { readManagers } from './managers.ts';
import { readObserverFile } from './observerFile.ts';
import type { ObserverSettings, ObserverTimes } from './observerSettings.ts';
import { readSeedData } from './seedData.ts';
import { textsOf, type SetText, type Variables } from '../setText.ts';
import { readStorage } from './storage.ts';
import { flag, listed, minutes, network, ofText, wholeText } from '../textCodecs.ts';
import { readTexts } from '../readTexts.ts';

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
/** The variables that are shown in messages when they are wrong. */
export const observerVariables = {
  ENABLE_RESERVATIONS: means('Takes registrations only.', flag),
  ENABLE_NOTIFICATIONS: means('Tells only, and serves health and figures.', flag),
  ENABLE_ALL: means('Does both, which is the default.', flag),
  NO_COS: means('No object store.', flag),
  DROP_BAD: means('Removes what would be put in quarantine.', flag),
  HTTP_NOTIFY: means('Notifies by a plain POST.', flag),
  CLOUD_EVENTS: means('Notifies by CloudEvents, which is the default.', flag),
  ALLOW_SELF_SIGNED: means('Certificates of queue managers are not checked.', flag),
  NOTIFY_INTERVAL: means('Between cycles. Default: 5.', minutes),
  PERSIST_INTERVAL: means('Between saves. Default: 10.', minutes),
  RESTORE_INTERVAL: means(
    'Checked, and without effect: a quarantine ends exactly when its time is over. Default: 60.',
    minutes,
  ),
  BACKOFF_DURATION: means('In quarantine. Default: 1440.', minutes),
  CE_REFRESH_INTERVAL: means('That what is known of jobs is believed. Default: 10.', minutes),
  OBSERVER_FAILURE_LIMIT: means(
    'Failures in a row before quarantine. Default: 10; with TEST 2.',
    wholeText(1, 1_000_000),
  ),
  OBSERVER_NOTIFY_TIMEOUT_MS: means('For a notification with all its attempts. Default: 5000.', wholeText(1, 600_000)),
  OBSERVER_NOTIFY_CONCURRENCY: means('Notifications at the same time. Default: 200.', wholeText(1, 10_000)),
  OBSERVER_NOTIFY_PER_HOST: means('Of them to one host. Default: 10.', wholeText(1, 10_000)),
  OBSERVER_CLOUD_EVENTS_MODE: means('Default: structured.', oneOf(['structured', 'binary'])),
  OBSERVER_ACKNOWLEDGE: means(
    'Whether a change is answered once it is saved, or at once. Default: saved with a folder, else kept.',
    oneOf(['saved', 'kept']),
  ),
  OBSERVER_MAX_REGISTRATIONS: means('Default: 100000.', wholeText(1, 1_000_000)),
  OBSERVER_MAX_REGISTRATIONS_PER_OWNER: means('Default: 10000.', wholeText(1, 1_000_000)),
  OBSERVER_ALLOWED_NETWORKS: means(
    'What may be told besides public addresses. Default: none.',
    listed(network, 'networks such as 10.0.0.0/8 with commas between them'),
  ),
  OBSERVER_ALLOWED_TARGETS: means(
    'Hosts that may be told whatever their address. Default: none.',
    listed(hostName, 'names of hosts with commas between them'),
  ),
  OBSERVER_ALLOWED_PORTS: means('Default: 80,443,8080,8443.', ports),
  OBSERVER_OPEN: means('Registrations are open beyond loopback, without keys.', flag),
};
/** Those that no message shows; each may be in a file that the same name with `_FILE` names. */
export const observerSecrets = {
  OBSERVER_ADMIN_TOKEN: means('For /admin/flush, which is off without.', token),
  OBSERVER_METRICS_TOKEN: means('For /metrics; that of the admin will do too.', token),
  OBSERVER_API_KEYS: means('Who may register. Default: anybody on loopback.', apiKeys),
  OBSERVER_WEBHOOK_SECRETS: means(
    'Notifications are signed as Standard Webhooks.',
    listed(webhookSecret, 'secrets such as whsec_… with commas between them'),
  ),
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
  const values = readTexts(textsOf(env, Object.keys(observerVariables)), observerVariables, problems);
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
  for (const name of Object.keys(observerSecrets)) {
    const read = readSecret(env, name);
    if ('problem' in read) problems.push(read.problem);
    else if (read.value !== undefined) texts[name] = { text: read.value, from: name };
  }
  const told: string[] = [];
  const values = readTexts(texts, observerSecrets, told);
  for (const [name, codec] of Object.entries(observerSecrets)) {
    if (told.some((problem) => problem.startsWith(`${name} `))) problems.push(`${name} must be ${codec.name}`);
  }
  return values;
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
