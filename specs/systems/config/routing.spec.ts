import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../lib/systems/cli/commandLine.ts';
import { ConfigError } from '../../../lib/systems/config/configError.ts';
import { readSettings } from '../../../lib/systems/config/readSettings.ts';
import { fakeTerminal } from '../../support/fakeTerminal.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

/** What is wrong with a configuration, without the name of its file and the line. */
async function problems(config: object, env: Record<string, string> = {}): Promise<readonly string[]> {
  const file = join(temporaryFolder({ 'c.json': JSON.stringify(config) }), 'c.json');
  const failure: unknown = await readSettings({ file, env }).then(
    () => new ConfigError([]),
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ConfigError);
  return (failure as ConfigError).problems.map((problem) => problem.replace(file, '').replace(/^(?::\d+)?: /, ''));
}

const log = { type: 'log' };
const r = { name: 'r', sender: log };
const hook = { name: 'in', type: 'webhook', routes: [r] };
const withRoute = (route: object) => ({ receivers: [{ ...hook, routes: [{ ...r, ...route }] }] });
const AT = '/receivers/0/routes/0';

describe('what is routed, in the configuration', () => {
  it.each<[string | RegExp, object]>([
    ['/receivers must be a list of at most 200 receivers, not an object', { receivers: {} }],
    [
      '/receivers/0/type must be one of webhook, topic, interval, file; did you mean webhook?',
      { receivers: [{ ...hook, type: 'webhok' }] },
    ],
    [
      '/receivers/0/routes must be a list of at most 100 routes, not missing',
      { receivers: [{ name: 'in', type: 'webhook' }] },
    ],
    ['/receivers/0/pth is not known here; did you mean path?', { receivers: [{ ...hook, pth: '/hooks/x' }] }],
    [/^\/receivers\/0\/path must be a path below \/hooks\//, { receivers: [{ ...hook, path: '/hooks/../v1' }] }],
    [/^\/receivers\/0\/path must be a path below \/hooks\//, { receivers: [{ ...hook, path: '/v1/receivers' }] }],
    [/^\/receivers\/0\/name must be a name of at most 64/, { receivers: [{ ...hook, name: 'a/b' }] }],
    [/^\/receivers\/0\/name must not be "metrics"/, { receivers: [{ ...hook, name: 'metrics' }] }],
    [
      '/receivers/0/token refers to the environment variable "NONE", which is not set',
      { receivers: [{ ...hook, token: { env: 'NONE' } }] },
    ],
    [
      '/receivers/0/everyMs must be a whole number from 1 to 86400000, not 0',
      { receivers: [{ ...hook, type: 'interval', everyMs: 0 }] },
    ],
    [
      '/receivers/0 has several tenants, and needs a tenantHeader that tells whose an event is',
      { receivers: [{ ...hook, tenants: ['a', 'b'] }] },
    ],
    [
      '/receivers/0/tenants/1 is there twice: "a"',
      { receivers: [{ ...hook, tenants: ['a', 'a'], tenantHeader: 'x-tenant' }] },
    ],
    [
      '/receivers/1 has the name of /receivers/0, "in", and not its settings; give it another name, or the same settings to share it',
      { receivers: [hook, { ...hook, budget: 5, routes: [] }] },
    ],
    ['/receivers/1/routes/0/name is "r", which /receivers/0 has already', { receivers: [hook, hook] }],
    [
      '/receivers/1/path is /hooks/in, which is that of /receivers/0; give it another',
      { receivers: [hook, { ...hook, name: 'b', path: '/hooks/in' }] },
    ],
    ['/receivers/0/routes/1/name is there twice: "r"', { receivers: [{ ...hook, routes: [r, r] }] }],
    [
      '/receivers/0/topic names a topic that is not under topics: "ordres"; did you mean orders?',
      { topics: ['orders'], receivers: [{ ...hook, type: 'topic', topic: 'ordres' }] },
    ],
    [
      '/receivers/0/routes/0/overflow is block, which is for sources that can wait; interval cannot',
      { receivers: [{ name: 'i', type: 'interval', everyMs: 5, routes: [{ ...r, overflow: 'block' }] }] },
    ],
    [`${AT}/sender names a sender that is not under senders: "x"; known: none`, withRoute({ sender: 'x' })],
    [`${AT}/sender must be the name of a sender, or one in place, not 5`, withRoute({ sender: 5 })],
    [
      `${AT}/sender/url must be an http or https URL`,
      withRoute({ sender: { type: 'http', url: 'file:///etc/passwd' } }),
    ],
    [
      `${AT}/sender/url must be without user and password; send those in a header`,
      withRoute({ sender: { type: 'http', url: 'http://u:p@h/' } }),
    ],
    [
      /^\/receivers\/0\/routes\/0\/sender\/headers headers must be names and values that HTTP can carry/,
      withRoute({ sender: { type: 'http', url: 'http://h/', headers: { 'a b': 'secret' } } }),
    ],
    [
      `${AT}/overflow must be one of error, dropOldest, dropNewest, coalesce, block, park; did you mean dropOldest?`,
      withRoute({ overflow: 'dropoldest' }),
    ],
    [`${AT}/bufferSize must be a whole number from 1 to 1000000, not 0`, withRoute({ bufferSize: 0 })],
    [`${AT}/filters/0 needs one of match, transform, split, dedup, batch`, withRoute({ filters: [{ mtach: {} }] })],
    [
      /^\/receivers\/0\/routes\/0\/filters\/0\/match is not right: condition/,
      withRoute({ filters: [{ match: { path: 'a' } }] }),
    ],
    [
      /^\/receivers\/0\/routes\/0\/filters\/0\/transform\/0 is not right: .*prototype/,
      withRoute({ filters: [{ transform: [{ set: { '__proto__.a': 1 } }] }] }),
    ],
    [
      `${AT}/concurrency is 2, less than the size of the batch (5), which could not be filled`,
      withRoute({ concurrency: 2, filters: [{ batch: { size: 5 } }] }),
    ],
    [
      `${AT}/filters split 2 at a time, less than the size of the batch (5)`,
      withRoute({ filters: [{ split: { concurrency: 2 } }, { batch: { size: 5 } }] }),
    ],
    [
      `${AT}/filters may wait 500 ms for a batch, and the route only 500 ms (timeoutMs)`,
      withRoute({ timeoutMs: 500, filters: [{ batch: { size: 5, flushMs: 500 } }] }),
    ],
    [
      `${AT}/filters have more than one batch; a batch of batches is never full`,
      withRoute({ filters: [{ batch: { size: 2 } }, { batch: { size: 2 } }] }),
    ],
    [
      `${AT}/watermarks have a high mark (20) above the bufferSize (10)`,
      withRoute({ bufferSize: 10, watermarks: { high: 20 } }),
    ],
    [
      `${AT}/retry has a delayMs (50) above its maxDelayMs (10)`,
      withRoute({ retry: { retries: 1, delayMs: 50, maxDelayMs: 10 } }),
    ],
    [
      '/senders/1/name is there twice: "a"',
      {
        senders: [
          { ...log, name: 'a' },
          { ...log, name: 'a' },
        ],
        receivers: [],
      },
    ],
    [
      /^\/senders\/1 writes to the file of \/senders\/0 with other settings$/,
      {
        senders: [
          { type: 'file', name: 'a', path: 'x' },
          { type: 'file', name: 'b', path: './x', maxBytes: 2048 },
        ],
        receivers: [],
      },
    ],
    [/^\/topics\/0 name must be words/, { topics: ['a b'] }],
    [
      '/alertSinks/0/topic names a topic that is not under topics: "x"; known: none',
      { alertSinks: [{ type: 'topic', topic: 'x' }] },
    ],
    [
      '/tenants/0 limits a rate (burst, maxDelayMs, maxWaiting) without saying which: perSecond',
      { tenants: [{ name: 'a', burst: 5 }] },
    ],
    ['/drainMs must be a whole number from 0 to 600000, not -1', { drainMs: -1 }],
  ])('is refused: %s', async (expected, config) => {
    const [problem, ...others] = await problems(config);

    if (typeof expected === 'string') expect(problem).toBe(expected);
    else expect(problem).toMatch(expected);
    expect(others).toEqual([]);
    expect(problem).not.toContain('secret');
  });

  it('goes round in no circle, by topics and by files', async () => {
    const topic = (from: string, to: string) => ({
      name: from,
      type: 'topic',
      topic: from,
      routes: [{ name: 'r', sender: { type: 'topic', topic: to } }],
    });
    const file = { name: 'f', type: 'file', path: 'x', routes: [{ name: 'r', sender: { type: 'file', path: './x' } }] };
    const topics = ['a', 'b', 'c', 'd'];

    expect(await problems({ topics, receivers: [topic('a', 'b'), topic('b', 'c'), topic('c', 'a')] })).toEqual([
      '/receivers let events go round in a circle: topic a -> a -> topic b -> b -> topic c -> c -> topic a',
    ]);
    expect(await problems({ topics, receivers: [topic('d', 'd')] })).toHaveLength(1);
    expect(await problems({ receivers: [file] })).toHaveLength(1);
    expect(await problems({ topics, receivers: [topic('a', 'b'), topic('b', 'd'), topic('c', 'd')] })).toEqual([]);
  });

  it('is looked through for circles in no time, however many ways there are', async () => {
    const layers = Array.from({ length: 15 }, (_, layer) => `t${layer}`);
    const receivers = layers.slice(1).flatMap((to, i) =>
      Array.from({ length: 12 }, (_, n) => ({
        name: `${layers[i]!}-${n}`,
        type: 'topic',
        topic: layers[i],
        routes: ['x', 'y'].map((name) => ({ name, sender: { type: 'topic', topic: to } })),
      })),
    );
    const before = performance.now();

    expect(await problems({ topics: layers, receivers })).toEqual([]);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('tells all that is wrong at once', async () => {
    const wrong = await problems({ ...withRoute({ overflow: 'x', bufferSize: 0 }), drainMs: 'soon' });
    expect(wrong).toHaveLength(3);
  });
});

describe('rxfan route check', () => {
  const check = async (config: object) => {
    const file = join(temporaryFolder({ 'c.json': JSON.stringify(config) }), 'c.json');
    const terminal = fakeTerminal();
    const code = await runCommandLine(['route', 'check', '--config', file], terminal);
    return { code, out: terminal.out(), err: terminal.err().replaceAll(file, 'c.json') };
  };

  it('prints a line for each route', async () => {
    const archive = {
      name: 'archive',
      filters: [{ match: { path: 'a', exists: true } }, { batch: { size: 10 } }],
      sender: 'file',
    };
    const { code, out } = await check({
      senders: [{ name: 'file', type: 'file', path: 'x' }],
      receivers: [
        { ...hook, routes: [r, { ...archive, overflow: 'park' }] },
        { name: 'beat', type: 'interval', everyMs: 500, tenants: ['acme'], routes: [] },
      ],
    });

    expect(code).toBe(0);
    expect(out).toBe(
      [
        'RECEIVER     FROM            ROUTE    FILTERS       SENDER  LANE',
        'in           POST /hooks/in  r        -             log     1 at a time, 1024 wait, then error',
        'in           POST /hooks/in  archive  match, batch  file    10 at a time, 1024 wait, then park',
        'beat (acme)  every 500 ms    -        -             -       -',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [{}, 'error: c.json: there is nothing to route: it has no receivers\n'],
    [{ receivers: [] }, 'error: c.json: there is nothing to route: it has no receivers\n'],
    [
      withRoute({ sender: 'x' }),
      'error: c.json: /receivers/0/routes/0/sender names a sender that is not under senders: "x"; known: none\n',
    ],
  ])('ends with 2 where it cannot be routed: %j', async (config, expected) => {
    expect(await check(config)).toEqual({ code: 2, out: '', err: expected });
  });
});
