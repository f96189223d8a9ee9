import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../lib/systems/config/configError.ts';
import { readSettings, type Settings } from '../../../lib/systems/config/readSettings.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rxfan-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Env = Readonly<Record<string, string | undefined>>;

async function read(text: string | Uint8Array, env: Env = {}, name = 'c.yaml'): Promise<Settings> {
  const file = join(folder, name);
  await writeFile(file, text);
  return readSettings({ file, env });
}

/** What is wrong, with the file called `c.yaml`. */
async function problems(text: string | Uint8Array, env: Env = {}): Promise<readonly string[]> {
  const failure: unknown = await read(text, env).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConfigError);
  return (failure as ConfigError).problems.map((problem) => problem.replaceAll(join(folder, 'c.yaml'), 'c.yaml'));
}

const DEFAULTS = {
  pageSize: { default: 20, max: 1_000 },
  timeoutMs: 10_000,
  onSourceFailure: 'omit',
  pageTokens: {},
  jobs: { maxRunning: 4, maxWaiting: 100, retentionMs: 3_600_000, maxRetained: 1_000, store: 'memory', kinds: {} },
  events: { transport: 'memory', exchange: { name: 'events', type: 'topic' } },
  console: { demo: false, maxClients: 16 },
  http: { host: '127.0.0.1', port: 8_080, allowedHosts: [] },
};

describe('readSettings', () => {
  it.each(['', '# nothing\n', '{}', '---\n'])('takes the defaults from %j', async (text) => {
    expect(await read(text)).toEqual(DEFAULTS);
  });

  it('has a demo where one is asked for, and an admin token without receivers', async () => {
    expect((await read('console: { demo: true, maxClients: 2 }')).console).toEqual({ demo: true, maxClients: 2 });
    expect(await read('adminToken: secret-1')).toMatchObject({ adminToken: 'secret-1', console: { demo: false } });
    await expect(read('console: { maxClients: 0 }')).rejects.toThrow('/console/maxClients must be a whole number');
    await expect(read('console: { demo: yes please }')).rejects.toThrow('/console/demo');
  });

  it('reads YAML and JSON alike', async () => {
    const settings = { sources: [{ type: 'dpkg', name: 'debian' }], timeoutMs: 500, http: { port: 9_000 } };
    const yaml = 'sources:\n  - type: dpkg\n    name: debian\ntimeoutMs: 500\nhttp: { port: 9000 }\n';

    const fromYaml = await read(yaml);

    expect(fromYaml).toMatchObject(settings);
    expect(await read(JSON.stringify(settings), {}, 'c.json')).toEqual(fromYaml);
  });

  it('reads every kind of source, with paths from the folder of the file and secrets from the environment', async () => {
    const { sources } = await read(
      `sources:
        - { type: npm, directory: modules }
        - { type: dpkg, statusFile: /var/lib/dpkg/status }
        - { type: apt }
        - { type: python, directories: [a, b] }
        - { type: helm, name: charts, file: index.yaml }
        - { type: helm, name: far charts, url: "https://charts.example/index.yaml", headers: { authorization: { env: HELM } } }
        - { type: npm-registry, name: registry, text: rxjs }
        - { type: kubernetes, name: pods, url: "https://10.0.0.1:6443", path: /api/v1/pods, bearerToken: { env: TOKEN } }
        - { type: postgres, name: parts, connectionString: { env: DB }, table: parts, columns: { name: id, version: rev } }
        - type: rest
          name: inventory
          url: https://inventory.example/v1/parts
          items: parts
          nextPageToken: next
          pageSizeParam: size
          pageTokenParam: after
          key: id
      `,
      { HELM: 'Basic x', TOKEN: 'secret token', DB: 'postgresql://reader@db.example/parts' },
    );

    expect(sources).toHaveLength(10);
    expect(sources).toMatchObject([
      { type: 'npm', directory: join(folder, 'modules') },
      { type: 'dpkg' },
      { type: 'apt' },
      { type: 'python', directories: [join(folder, 'a'), join(folder, 'b')] },
      { type: 'helm', file: join(folder, 'index.yaml') },
      { type: 'helm', headers: { authorization: 'Basic x' } },
      { type: 'npm-registry' },
      { type: 'kubernetes', bearerToken: 'secret token' },
      { type: 'postgres', connectionString: 'postgresql://reader@db.example/parts' },
      { type: 'rest', key: 'id', pageTokenParam: 'after' },
    ]);
  });

  it.each([
    ['pageSize: { max: many }', 'c.yaml:1: /pageSize/max must be a whole number from 1 to 100000, not "many"'],
    ['pageSize: { max: 0 }', 'c.yaml:1: /pageSize/max must be a whole number from 1 to 100000, not 0'],
    ['pageSize: { default: 1.5 }', 'c.yaml:1: /pageSize/default must be a whole number from 1 to 100000, not 1.5'],
    ['pageSize: { default: 30, max: 10 }', 'pageSize.default (30) is more than pageSize.max (10)'],
    ['timeoutMs: .inf', 'c.yaml:1: /timeoutMs must be a whole number from 1 to 86400000, not Infinity'],
    ['timeoutMs: 5s', 'c.yaml:1: /timeoutMs must be a whole number from 1 to 86400000, not "5s"'],
    ['timeoutMs:', 'c.yaml:1: /timeoutMs must be a whole number from 1 to 86400000, not null'],
    ['http: { port: 99999 }', 'c.yaml:1: /http/port must be a whole number from 1 to 65535, not 99999'],
    ['http: [1]', 'c.yaml:1: /http must be an object, not an array'],
    ['onSourceFailure: omitt', 'c.yaml:1: /onSourceFailure must be one of omit, fail; did you mean omit?'],
    ['onSourceFailure: 3', 'c.yaml:1: /onSourceFailure must be one of omit, fail, not 3'],
    ['pagesize: {}', 'c.yaml:1: /pagesize is not known here; did you mean pageSize?'],
    [
      'colour: red',
      'c.yaml:1: /colour is not known here; known: sources, pageSize, timeoutMs, onSourceFailure, pageTokens, jobs, events, console, http, ' +
        'receivers, senders, topics, tenants, alertSinks, adminToken, drainMs',
    ],
    ['__proto__: { polluted: 1 }', /^c\.yaml:1: \/__proto__ is not known here/],
    ['sources: npm', 'c.yaml:1: /sources must be a list of sources, not "npm"'],
    ['sources: [npm]', 'c.yaml:1: /sources/0 must be an object, not "npm"'],
    ['sources: [{}]', /^c\.yaml:1: \/sources\/0\/type must be one of npm, dpkg, apt, .*, not missing$/],
    ['sources: [{ type: nmp }]', /^c\.yaml:1: \/sources\/0\/type must be one of .*; did you mean npm\?$/],
    [
      'sources: [{ type: npm, dirctory: x }]',
      'c.yaml:1: /sources/0/dirctory is not known here; did you mean directory?',
    ],
    ['sources: [{ type: helm, name: a }]', 'c.yaml:1: /sources/0 needs one of file, url'],
    [
      'sources: [{ type: rest, name: a, url: "ftp://x/", nextPageToken: n, key: k }]',
      'c.yaml:1: /sources/0/url must be an http or https URL',
    ],
    [
      'sources: [{ type: npm }, { type: npm }]',
      'c.yaml: /sources/1 has the name of /sources/0, "npm"; give it another',
    ],
    [
      'pageTokens: { keys: { env: NOT_SET } }',
      'c.yaml:1: /pageTokens/keys refers to the environment variable "NOT_SET", which is not set',
    ],
    ['jobs: { modul: a.mjs }', 'c.yaml:1: /jobs/modul is not known here; did you mean module?'],
    [
      'jobs: { module: "https://x.example/a.mjs" }',
      'c.yaml:1: /jobs/module must be the path of a local file, not "https://x.example/a.mjs"',
    ],
    ['jobs: { module: 7 }', 'c.yaml:1: /jobs/module must be the path of a local file, not 7'],
    [
      'jobs: { store: "s3://bucket" }',
      'c.yaml:1: /jobs/store must be memory, or the path of a folder, not "s3://bucket"',
    ],
    ['jobs: { maxRunning: 0 }', 'c.yaml:1: /jobs/maxRunning must be a whole number from 1 to 1000, not 0'],
    [
      'jobs: { kinds: { a: { timeoutMs: 1h } } }',
      'c.yaml:1: /jobs/kinds/a/timeoutMs must be a whole number from 1 to 2592000000, not "1h"',
    ],
    [
      'jobs: { kinds: { a: { timeout: 1 } } }',
      'c.yaml:1: /jobs/kinds/a/timeout is not known here; did you mean timeoutMs?',
    ],
    ['events: { transport: kafka }', 'c.yaml:1: /events/transport must be one of memory, rabbitmq, not "kafka"'],
    ['events: { transport: rabbitmq }', 'events: the transport rabbitmq needs AMQP_URL, AMQP_URL_FILE, or events.url'],
    ['events: { modul: a.mjs }', 'c.yaml:1: /events/modul is not known here; did you mean module?'],
    [
      'events: { exchange: { type: fanout } }',
      'c.yaml:1: /events/exchange/type must be one of direct, topic, not "fanout"',
    ],
    ['events: { timeoutMs: 5m }', 'c.yaml:1: /events/timeoutMs must be a whole number from 1 to 2592000000, not "5m"'],
    ['a: [1', /^c\.yaml:1: /],
    ['a: 1\na: 2', 'c.yaml:2: Map keys must be unique'],
    ['a: &a [*a, *b]', /c\.yaml.*(alias|anchor)/i],
    ['- 1', 'c.yaml: / must be an object, not an array'],
  ])('tells what is wrong with %j', async (text, expected) => {
    const [problem, ...others] = await problems(text);

    if (expected instanceof RegExp) expect(problem).toMatch(expected);
    else expect(problem).toBe(expected);
    expect(others).toEqual([]);
  });

  it('tells everything that is wrong at once, each with its line, in file and environment', async () => {
    const text = 'timeoutMs: -1\nsources:\n  - type: npm\n  - type: dpkg\n    statusfile: x\nhttp:\n  port: no\n';

    expect(await problems(text, { PORT: 'x', PAGE_SIZE_MAX: '0' })).toEqual([
      'c.yaml:5: /sources/1/statusfile is not known here; did you mean statusFile?',
      'c.yaml:1: /timeoutMs must be a whole number from 1 to 86400000, not -1',
      'c.yaml:7: /http/port must be a whole number from 1 to 65535, not "no"',
      'PORT must be a whole number from 1 to 65535, not "x"',
      'PAGE_SIZE_MAX must be a whole number from 1 to 100000, not "0"',
    ]);
  });

  it('H8 shows no secret, however wrong it is', async () => {
    const secret = 'tomato';
    const texts = [
      `pageTokens: { keys: "${secret}" }`,
      `pageTokens: { keys: ["k1:${secret}"] }`,
      `pageTokens: { keys: { ${secret}: 1 } }`,
      `pageTokens: { keys: [1, "${secret}"] }`,
      `sources: [{ type: rest, name: a, url: "x://u:${secret}@h/", nextPageToken: n, key: k }]`,
      `sources: [{ type: postgres, name: a, connectionString: ["${secret}"], table: t, columns: { name: n, version: v } }]`,
    ];

    for (const text of texts) expect((await problems(text)).join(), text).not.toContain(secret);
    expect((await problems('', { PAGE_TOKEN_KEYS: `k1:${secret}` })).join()).not.toContain(secret);
  });

  it('tells of a file that is not there, not text, or far too long', async () => {
    await expect(readSettings({ file: join(folder, 'none.yaml'), env: {} })).rejects.toThrow(
      /none\.yaml: does not exist/,
    );
    await expect(readSettings({ file: folder, env: {} })).rejects.toThrow(/cannot be read \(EISDIR\)/);
    expect(await problems(Uint8Array.of(0xff, 0xfe, 0x00))).toEqual(['c.yaml: is not UTF-8 text']);
    expect(await problems('#'.repeat(1_048_577))).toEqual(['c.yaml: has 1048577 bytes, at most 1048576 are read']);
  });

  it('survives nesting as deep as the file allows', async () => {
    const failure: unknown = await read('['.repeat(50_000)).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(ConfigError);
  });
});

describe('readSettings, environment', () => {
  it('goes before the file', async () => {
    const text = 'pageSize: { default: 5, max: 6 }\ntimeoutMs: 7\nhttp: { host: "::1", port: 8, allowedHosts: [a] }\n';
    const env = {
      PAGE_SIZE_DEFAULT: '10',
      PAGE_SIZE_MAX: '11',
      SOURCE_TIMEOUT_MS: '12',
      HOST: '0.0.0.0',
      PORT: '13',
      ALLOWED_HOSTS: 'b.example, c.example',
      PAGE_TOKEN_TTL_MS: '14000',
    };

    expect(await read(text, env)).toMatchObject({
      pageSize: { default: 10, max: 11 },
      timeoutMs: 12,
      pageTokens: { ttlMs: 14_000 },
      http: { host: '0.0.0.0', port: 13, allowedHosts: ['b.example', 'c.example'] },
    });
  });

  it('goes before the file, of jobs too', async () => {
    const text = 'jobs: { maxRunning: 1, maxWaiting: 2, retentionMs: 3000, maxRetained: 4, store: kept }\n';
    const env = { JOBS_MAX_RUNNING: '10', JOBS_MAX_WAITING: '0', JOBS_RETENTION_MS: '30000', JOBS_STORE: 'memory' };

    expect((await read(text)).jobs).toEqual({
      ...DEFAULTS.jobs,
      maxRunning: 1,
      maxWaiting: 2,
      retentionMs: 3_000,
      maxRetained: 4,
      store: join(folder, 'kept'),
    });
    expect((await read(text, env)).jobs).toMatchObject({
      maxRunning: 10,
      maxWaiting: 0,
      retentionMs: 30_000,
      maxRetained: 4,
      store: 'memory',
    });
    expect((await read('', { JOBS_STORE: '/var/lib/jobs' })).jobs.store).toBe('/var/lib/jobs');
  });

  it.each([
    ['JOBS_MAX_RUNNING', '0'],
    ['JOBS_MAX_WAITING', '-1'],
    ['JOBS_RETENTION_MS', '5m'],
    ['JOBS_STORE', ' '],
    ['PORT', '0'],
    ['PORT', '99999'],
    ['PORT', ''],
    ['PORT', '80 80'],
    ['PORT', '8080.5'],
    ['PORT', '1e3'],
    ['HOST', 'a b'],
    ['HOST', ''],
    ['ALLOWED_HOSTS', 'a,,b'],
    ['PAGE_SIZE_DEFAULT', '-1'],
    ['PAGE_SIZE_MAX', 'NaN'],
    ['SOURCE_TIMEOUT_MS', '5m'],
    ['SOURCE_TIMEOUT_MS', '1000000000000'],
    ['PAGE_TOKEN_TTL_MS', '0'],
    ['PAGE_TOKEN_KEYS', 'short'],
    ['PAGE_TOKEN_KEYS', ''],
  ])('X6 refuses %s=%s and names it', async (name, value) => {
    const found = await problems('', { [name]: value });

    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${name}( must be |: )`));
  });

  it('takes page token keys from either, in one line or one by one', async () => {
    const line = 'k2:a secret of the spec,k1:an older secret here';
    const listed = 'pageTokens: { keys: [{ env: NEW }, "k1:an older secret here"] }';
    const tokens = [
      await read('', { PAGE_TOKEN_KEYS: line }),
      await read(`pageTokens: { keys: "${line}" }`),
      await read(listed, { NEW: 'k2:a secret of the spec' }),
    ];

    const payload = Uint8Array.of(1, 2, 3);
    const [first, ...others] = tokens.map(({ pageTokens }) => pageTokens.sealer!);
    for (const other of others) expect([...other.open(first!.seal(payload))]).toEqual([1, 2, 3]);
  });
});
