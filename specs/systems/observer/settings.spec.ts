import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../lib/systems/config/configError.ts';
import type { ObserverSettings } from '../../../lib/systems/config/observer/observerSettings.ts';
import { readObserverSettings } from '../../../lib/systems/config/observer/readObserverSettings.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

type Env = Readonly<Record<string, string>>;

const MINUTES = 60_000;

/** The file of the seed's example, with values. */
const FILE = {
  MQ_ENDPOINTS: [
    {
      QMGR: 'QM1',
      MQ_REST_HOST: 'https://mq.example',
      MQ_REST_PORT: '9443',
      ADMIN_USER: 'admin',
      ADMIN_PASSWORD: 'passw0rd',
    },
    { QMGR: 'QM2', MQ_REST_HOST: 'https://other.example', MQ_REST_PORT: 9_444 },
  ],
  COS_STORAGE: {
    bucket: 'mq-ce-observer',
    object_key: 'storeddata',
    auth_endpoint: ' ',
    cos_apikey: 'cos-secret',
    endpoints: 's3.us-east.cloud-object-storage.appdomain.cloud',
    resource_instance_id: 'crn:v1:x',
  },
  CODE_ENGINE: { ce_apikey: 'ce-secret', regions: [{ region: 'us-south' }, { region: 'us-east' }] },
};

function read(env: Env = {}, file?: unknown): Promise<ObserverSettings> {
  const text = typeof file === 'string' ? file : JSON.stringify(file ?? {});
  return readObserverSettings({ EnvFile: join(temporaryFolder({ 'env.json': text }), 'env.json'), ...env });
}

async function problems(env: Env, file?: unknown): Promise<readonly string[]> {
  const failure: unknown = await read(env, file).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigError);
  return (failure as ConfigError).problems.map((problem) => problem.replace(/\/\S*env\.json/, 'env.json'));
}

describe('the settings of an observer', () => {
  it('are those of the seed where nothing is set', async () => {
    const { times, notify, mode, managers, storage } = await read();

    expect(times).toEqual({
      notifyMs: 5 * MINUTES,
      persistMs: 10 * MINUTES,
      restoreMs: 60 * MINUTES,
      backoffMs: 1_440 * MINUTES,
      jobRefreshMs: 10 * MINUTES,
    });
    expect(notify).toMatchObject({ as: 'cloudEvents', failureLimit: 10, dropsBad: false, allowsSelfSigned: false });
    expect({ mode, managers, storage }).toEqual({ mode: 'all', managers: [], storage: { kind: 'memory' } });
  });

  it.each(['1', ''])('are short with TEST=%j, which counts by being there', async (TEST) => {
    const { times, notify } = await read({ TEST });

    expect(times).toEqual({
      notifyMs: 0.5 * MINUTES,
      persistMs: 2 * MINUTES,
      restoreMs: 3 * MINUTES,
      backoffMs: 4 * MINUTES,
      jobRefreshMs: 5 * MINUTES,
    });
    expect(notify.failureLimit).toBe(2);
  });

  it('take each interval in minutes, before TEST', async () => {
    const { times } = await read({
      TEST: '1',
      NOTIFY_INTERVAL: '1',
      PERSIST_INTERVAL: '2',
      RESTORE_INTERVAL: '7',
      BACKOFF_DURATION: '35792',
      CE_REFRESH_INTERVAL: '9',
    });

    expect(times).toEqual({
      notifyMs: MINUTES,
      persistMs: 2 * MINUTES,
      restoreMs: 7 * MINUTES,
      backoffMs: 35_792 * MINUTES,
      jobRefreshMs: 9 * MINUTES,
    });
  });

  it.each([
    [{}, 'all'],
    [{ ENABLE_RESERVATIONS: '1' }, 'reservations'],
    [{ ENABLE_NOTIFICATIONS: 'yes', OBSERVER_STORE: 'x' }, 'notifications'],
    [{ ENABLE_RESERVATIONS: '1', ENABLE_NOTIFICATIONS: '1' }, 'all'],
    [{ ENABLE_RESERVATIONS: '1', ENABLE_ALL: '1' }, 'all'],
    [{ ENABLE_NOTIFICATIONS: '' }, 'all'],
  ])('with %j it does: %s', async (env: Env, mode) => {
    expect((await read(env)).mode).toBe(mode);
  });

  it.each([
    [{}, 'cloudEvents'],
    [{ HTTP_NOTIFY: '1' }, 'post'],
    [{ HTTP_NOTIFY: '1', CLOUD_EVENTS: '1' }, 'cloudEvents'],
    [{ OBSERVER_CLOUD_EVENTS_MODE: 'binary' }, 'cloudEventsBinary'],
  ])('with %j it tells by %s', async (env: Env, as) => {
    expect((await read(env)).notify.as).toBe(as);
  });

  it('read the file of the seed', async () => {
    const { managers, storage, codeEngine } = await read({}, FILE);

    expect(managers).toEqual([
      { kind: 'ibmmq', manager: 'QM1', address: 'https://mq.example:9443', user: 'admin', password: 'passw0rd' },
      { kind: 'ibmmq', manager: 'QM2', address: 'https://other.example:9444', user: 'admin', password: 'passw0rd' },
    ]);
    expect(storage).toEqual({
      kind: 'cos',
      bucket: 'mq-ce-observer',
      key: 'storeddata',
      endpoint: 'https://s3.us-east.cloud-object-storage.appdomain.cloud',
      region: undefined,
      credentials: {
        kind: 'iam',
        apiKey: 'cos-secret',
        tokenUrl: 'https://iam.cloud.ibm.com/identity/token',
        instanceId: 'crn:v1:x',
      },
    });
    expect(codeEngine).toEqual({
      apiKey: 'ce-secret',
      regions: ['us-south', 'us-east'],
      tokenUrl: 'https://iam.cloud.ibm.com',
      client: undefined,
    });
  });

  it('take the variables of storage and Code Engine before the file', async () => {
    const { storage, codeEngine } = await read(
      {
        bucket: 'mine',
        object_key: 'k',
        cos_apikey: 'a',
        auth_endpoint: 'https://iam.test/identity/token',
        regions: 'eu-de, us-east',
      },
      FILE,
    );

    expect(storage).toMatchObject({
      bucket: 'mine',
      key: 'k',
      credentials: { apiKey: 'a', tokenUrl: 'https://iam.test/identity/token' },
    });
    expect(codeEngine).toMatchObject({ regions: ['eu-de', 'us-east'], tokenUrl: 'https://iam.test' });
  });

  it('keep registrations elsewhere with NO_COS, in memory or in a file', async () => {
    expect((await read({ NO_COS: '1' }, FILE)).storage).toEqual({ kind: 'memory' });
    expect((await read({ NO_COS: '1', OBSERVER_STORE: '/kept/regs' }, FILE)).storage).toEqual({
      kind: 'file',
      path: '/kept/regs',
    });
  });

  it('read seed data, as a list and as the real thing stores it, with keys in any case', async () => {
    const one = { ID: 'a', QMGR: 'QM1', queue: 'Q', Notify: 'http://x.example/', failcount: 3 };
    const expected = [{ id: 'a', manager: 'QM1', queue: 'Q', notify: 'http://x.example/' }];

    expect((await read({ seeddata: JSON.stringify([one]) })).seed).toEqual(expected);
    expect((await read({ seeddata: JSON.stringify({ mq_requests: [one], last_updated: 'x' }) })).seed).toEqual(
      expected,
    );
    expect(await problems({ seeddata: '[{"qmgr":"QM1"}]' })).toEqual([
      expect.stringMatching(/^seeddata must be a JSON list/),
    ]);
    expect(await problems({ seeddata: 'none' })).toEqual([expect.stringMatching(/^seeddata must be/)]);
  });
});

describe('slots of queue managers', () => {
  const names = async (env: Env, file: unknown = FILE) =>
    (await read(env, file)).managers.map(({ manager }) => manager);

  it('are overridden by suffix, and by plain names for the first', async () => {
    expect(await names({ QMGR: 'A' })).toEqual(['A', 'QM2']);
    expect(await names({ QMGR0: 'A', QMGR1: 'B' })).toEqual(['A', 'B']);
    expect(await names({ QMGR: 'plain', QMGR0: 'A' })).toEqual(['A', 'QM2']);
  });

  it('are as many as there are suffixes, from 0 to 19, with or without a file', async () => {
    const env = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`QMGR${i}`, `Q${i}`]));

    expect(await names(env)).toEqual(Array.from({ length: 20 }, (_, i) => `Q${i}`));
    expect(await names({ ...env, MQ_REST_HOST: 'mq.example' }, {})).toHaveLength(20);
  });

  it('may be more where the file has them', async () => {
    const endpoints = Array.from({ length: 25 }, (_, i) => ({ QMGR: `Q${i}`, MQ_REST_HOST: 'mq.example' }));
    const found = await names({ QMGR24: 'LAST' }, { MQ_ENDPOINTS: endpoints });

    expect([found.length, found.at(-1)]).toEqual([25, 'LAST']);
    expect(await problems({ QMGR25: 'X' }, { MQ_ENDPOINTS: endpoints })).toEqual([
      'QMGR25 is for a slot that is not there: by variables alone they go from 0 to 24',
    ]);
  });

  it('do not leak: only blanks are filled, and only from slot 0', async () => {
    const { managers } = await read({
      QMGR0: 'A',
      MQ_REST_HOST0: 'a.example',
      ADMIN_USER0: 'ua',
      ADMIN_PASSWORD0: 'pa',
      QMGR1: 'B',
      MQ_REST_HOST1: 'b.example',
      MQ_REST_PORT1: '1',
      ADMIN_USER1: 'ub',
      ADMIN_PASSWORD1: 'pb',
      QMGR2: 'C',
    });

    expect(managers).toEqual([
      { kind: 'ibmmq', manager: 'A', address: 'https://a.example', user: 'ua', password: 'pa' },
      { kind: 'ibmmq', manager: 'B', address: 'https://b.example:1', user: 'ub', password: 'pb' },
      { kind: 'ibmmq', manager: 'C', address: 'https://a.example', user: 'ua', password: 'pa' },
    ]);
  });

  it('may be of RabbitMQ, which takes nothing from a slot of another kind', async () => {
    const { managers } = await read(
      {
        KIND2: 'rabbitmq',
        QMGR2: 'RABBIT',
        AMQP_URL2: 'amqp://u:p@mq.example/v',
        KIND3: 'ibmmq-mqsc',
        QMGR3: 'NEW',
        MQ_REST_HOST3: 'new.example',
      },
      FILE,
    );

    expect(managers.slice(2)).toEqual([
      { kind: 'rabbitmq', manager: 'RABBIT', url: 'amqp://u:p@mq.example/v' },
      { kind: 'ibmmq-mqsc', manager: 'NEW', address: 'https://new.example', user: undefined, password: undefined },
    ]);
  });

  it('are refused half filled, twice, or with values that cannot be', async () => {
    expect(await problems({ MQ_REST_HOST4: 'x.example' })).toEqual([
      'slot 4 of the queue managers (MQ_REST_HOST4) needs a name: QMGR4',
    ]);
    expect(await problems({ QMGR: 'A' })).toEqual([
      'slot 0 of the queue managers (QMGR) needs an address: MQ_REST_HOST0',
    ]);
    expect(await problems({ QMGR0: 'A', QMGR1: 'A', MQ_REST_HOST: 'x' })).toEqual([
      'QMGR: two queue managers have the name "A"',
    ]);
    expect(await problems({ QMGR: 'A B', MQ_REST_HOST: 'http://u:pw@x/', MQ_REST_PORT: '70000' })).toEqual([
      expect.stringMatching(/^QMGR must be the name of a queue manager: .*, not "A B"$/),
      'MQ_REST_HOST must be a host, or an http or https URL without a user, a query and a fragment',
      'MQ_REST_PORT must be a whole number from 1 to 65535, not "70000"',
    ]);
  });
});

describe('J8 X6 settings that cannot be', () => {
  const INTERVALS = [
    'NOTIFY_INTERVAL',
    'PERSIST_INTERVAL',
    'RESTORE_INTERVAL',
    'BACKOFF_DURATION',
    'CE_REFRESH_INTERVAL',
  ];

  it.each(
    INTERVALS.flatMap((name) =>
      ['0', '-1', '5m', 'NaN', '1e12', '1000000000000', '', ' ', '1.5', '0x10', 'Infinity'].map(
        (value) => [name, value] as const,
      ),
    ),
  )('%s=%j is named', async (name, value) => {
    expect(await problems({ [name]: value })).toEqual([
      `${name} must be a whole number of minutes from 1 to 52560000, not ${JSON.stringify(value)}`,
    ]);
  });

  it.each(INTERVALS)('%s=35792, which is more than 2^31 ms, can be', async (name) => {
    expect(Object.values((await read({ [name]: '35792' })).times)).toContain(35_792 * MINUTES);
  });

  it.each([
    ['OBSERVER_FAILURE_LIMIT', '0'],
    ['OBSERVER_NOTIFY_TIMEOUT_MS', '-5'],
    ['OBSERVER_NOTIFY_CONCURRENCY', '1e3'],
    ['OBSERVER_MAX_REGISTRATIONS', 'many'],
    ['OBSERVER_CLOUD_EVENTS_MODE', 'text'],
    ['OBSERVER_ALLOWED_NETWORKS', '10.0.0.0/33'],
    ['OBSERVER_ALLOWED_NETWORKS', 'example.org'],
    ['OBSERVER_ALLOWED_PORTS', '80,0'],
    ['OBSERVER_STORE', ''],
    ['NO_COS', 'false'],
    ['ALLOW_SELF_SIGNED', '0'],
    ['regions', 'us south'],
  ])('%s=%j is named', async (name, value) => {
    const [problem, ...others] = await problems({ [name]: value }, name === 'regions' ? FILE : undefined);

    expect(problem).toMatch(new RegExp(`^${name} `));
    expect(others).toEqual([]);
  });

  it('are all told at once', async () => {
    const all = await problems({
      NOTIFY_INTERVAL: '0',
      DROP_BAD: 'no',
      OBSERVER_ALLOWED_PORTS: 'x',
      seeddata: '{',
      QMGR7: '?',
    });

    expect(all.map((problem) => problem.split(' ')[0])).toEqual([
      'DROP_BAD',
      'NOTIFY_INTERVAL',
      'OBSERVER_ALLOWED_PORTS',
      'QMGR7',
      'seeddata',
    ]);
  });

  it('H8 never show a secret', async () => {
    const secret = 'sesame-open';
    const shown = await problems(
      {
        OBSERVER_ADMIN_TOKEN: `${secret} x`,
        OBSERVER_METRICS_TOKEN: secret,
        OBSERVER_API_KEYS: `me:${secret}`,
        OBSERVER_WEBHOOK_SECRETS: secret,
        ADMIN_PASSWORD: `${secret}\n`,
        AMQP_URL1: `http://u:${secret}@x/`,
        QMGR1: 'A',
        cos_apikey: `${secret}\u0000`,
        ce_apikey: `${secret}\u0007`,
      },
      { MQ_ENDPOINTS: [{ ADMIN_PASSWORD: { value: secret } }], CODE_ENGINE: { ce_apikey: [secret] } },
    );

    expect(shown.length).toBeGreaterThan(7);
    expect(shown.join('\n')).not.toContain(secret);
  });

  it('are a secret that is empty, in two places, or in a file that is not there: it is not taken for none', async () => {
    const empty = join(temporaryFolder({ empty: '\n' }), 'empty');

    expect(await problems({ OBSERVER_API_KEYS: '' })).toEqual(['OBSERVER_API_KEYS is empty']);
    expect(await problems({ OBSERVER_API_KEYS_FILE: empty })).toEqual([`OBSERVER_API_KEYS_FILE: ${empty} is empty`]);
    expect(await problems({ OBSERVER_ADMIN_TOKEN_FILE: `${empty}0` })).toEqual([
      `OBSERVER_ADMIN_TOKEN_FILE: ${empty}0 cannot be read (ENOENT)`,
    ]);
    expect(await problems({ OBSERVER_METRICS_TOKEN: 'x', OBSERVER_METRICS_TOKEN_FILE: empty })).toEqual([
      'OBSERVER_METRICS_TOKEN and OBSERVER_METRICS_TOKEN_FILE are both set: leave one out',
    ]);
  });

  it.each([
    ['{', 'env.json: is not JSON'],
    ['[]', 'env.json: / must be an object'],
    [{ MQ_ENDPOINT: [] }, 'env.json: /MQ_ENDPOINT is not known here; did you mean MQ_ENDPOINTS?'],
    [{ MQ_ENDPOINTS: {} }, 'env.json: /MQ_ENDPOINTS must be a list of queue managers'],
    [{ MQ_ENDPOINTS: [{ QMGR: ['x'] }] }, 'env.json: /MQ_ENDPOINTS/0/QMGR must be a text'],
    [{ COS_STORAGE: { bucket: 'mine' } }, 'COS_STORAGE needs endpoints, or NO_COS to do without'],
    [{ CODE_ENGINE: { ce_apikey: 'x' } }, 'CODE_ENGINE needs regions'],
  ])('such as the file %j are named with their place', async (file, problem) => {
    expect(await problems({}, file)).toContain(problem);
  });

  it('are a file that is named and not there', async () => {
    await expect(readObserverSettings({ EnvFile: '/nowhere/env.json' })).rejects.toThrow(
      '/nowhere/env.json: does not exist',
    );
  });

  it('are notifications alone without anything to read registrations from', async () => {
    expect(await problems({ ENABLE_NOTIFICATIONS: '1' })).toEqual([
      expect.stringMatching(/^ENABLE_NOTIFICATIONS alone reads/),
    ]);
  });
});
