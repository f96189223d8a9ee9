import { asyncScheduler } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  codeEngineNotifier,
  type CodeEngineNotifierOptions,
} from '../../../lib/adapters/codeengine/codeEngineNotifier.ts';
import { createRunMemory } from '../../../lib/adapters/codeengine/createRunMemory.ts';
import { OptionError } from '../../../operators/errors.ts';
import { fakeCodeEngine, type FakeCodeEngine, type FakeJobs } from '../../support/fakeCodeEngine.ts';
import { notificationFor, told } from '../../support/notification.ts';

const JOBS: FakeJobs = {
  'us-south': { one: ['orders', 'twice'], two: ['twice'] },
  'eu-de': { three: ['invoices'] },
};

/** A notifier for the fake; each call of `tell` is another notification. */
async function open(jobs: FakeJobs = JOBS, options: Partial<CodeEngineNotifierOptions> = {}) {
  const fake = await fakeCodeEngine(jobs);
  const { apikey, authUrl, url } = fake;
  const regions = Object.keys(jobs);
  const notifier = codeEngineNotifier({ apikey, authUrl, url, regions, timeoutMs: 2_000, ...options });
  let count = 0;
  const tell = (target: string, registration = 'r-1', id = `n-${++count}`) => {
    const notification = notificationFor(target, { id });
    return told(notifier, { ...notification, registration: { ...notification.registration, id: registration } });
  };
  return { fake, notifier, tell };
}

/** Lets the clock of the library stand at a time. */
function clock() {
  let time = asyncScheduler.now();
  const spy = vi.spyOn(asyncScheduler, 'now').mockImplementation(() => time);
  onTestFinished(() => spy.mockRestore());
  return (ms: number) => (time += ms);
}

const lists = ({ calls }: FakeCodeEngine) =>
  [...calls].filter(([call]) => call.startsWith('projects')).reduce((sum, [, count]) => sum + count, 0);

describe('codeEngineNotifier', () => {
  it('N3 starts a run of the job, with the message as literal variables', async () => {
    const { fake, tell } = await open();
    expect(await tell('invoices')).toBe('told');
    expect(fake.runs).toMatchObject([
      {
        region: 'eu-de',
        project: 'three',
        job: 'invoices',
        name: expect.stringMatching(/^invoices-[0-9a-f]{12}$/),
        environment: {
          notification: 'messages found on queue',
          ID: 'r-1',
          CE_QMGR: 'QM1',
          CE_QUEUE: 'DEV.QUEUE.1',
          CE_DEPTH: '3',
        },
      },
    ]);
    expect(Object.fromEntries(fake.calls)).toMatchObject({
      token: 1,
      'projects us-south': 1,
      'jobs eu-de/three': 1,
      start: 1,
    });
  });

  it('finds jobs in all regions and projects, page by page', async () => {
    const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);
    const projects = Object.fromEntries(names('p', 101).map((project) => [project, [`job-of-${project}`]]));
    const { fake, tell } = await open({ 'us-south': projects, 'eu-de': { large: names('j', 250) } });

    for (const job of ['job-of-p0', 'job-of-p100', 'j0', 'j99', 'j100', 'j249'])
      expect(await tell(job, job)).toBe('told');
    expect(fake.calls.get('projects us-south')).toBe(2);
    expect(fake.calls.get('jobs eu-de/large')).toBe(3);
    expect(fake.calls.get('jobs us-south/p100')).toBe(1);
  });

  it('keeps the jobs until they are due, and takes new ones in then', async () => {
    const pass = clock();
    const { fake, tell } = await open(JOBS, { refreshMs: 60_000 });
    await tell('orders', 'a');
    pass(59_999);
    await tell('orders', 'b');
    expect(lists(fake)).toBe(2);
    fake.jobs = { ...JOBS, 'eu-de': { three: ['credits'] } };
    expect(await tell('credits')).toMatchObject({ kind: 'unknownJob' });
    pass(1);
    expect(await tell('credits')).toBe('told');
    expect(await tell('invoices')).toMatchObject({ kind: 'unknownJob' });
    expect(lists(fake)).toBe(4);
  });

  it('reads the jobs once for all that wait for them', async () => {
    const { fake, tell } = await open();
    const outcomes = await Promise.all(['a', 'b', 'c', 'd'].map((id) => tell('orders', id)));
    expect(outcomes).toEqual(['told', 'told', 'told', 'told']);
    expect(lists(fake)).toBe(2);
    expect(fake.calls.get('token')).toBe(1);
  });

  it('keeps the jobs that it knows when a refresh fails, whole or in part', async () => {
    const pass = clock();
    const { fake, tell } = await open(JOBS, { refreshMs: 60_000 });
    await tell('orders', 'a');
    pass(60_000);
    fake.intervene = (call, response) => {
      if (!/^(projects|jobs) us-south/.test(call)) return false;
      response.writeHead(500).end();
      return true;
    };
    expect(await tell('orders', 'b')).toBe('told');
    expect(await tell('invoices', 'c')).toBe('told');
    expect(fake.calls.get('projects us-south')).toBe(2);
    expect(await tell('orders', 'd')).toBe('told');
    expect(fake.calls.get('projects us-south')).toBe(2); // not asked again at once
    pass(30_000);
    fake.intervene = () => false;
    await tell('orders', 'e');
    expect(fake.calls.get('projects us-south')).toBe(3);
    expect(fake.calls.get('projects eu-de')).toBe(2);
  });

  it('says that it cannot know a job while a region was never read', async () => {
    const { fake, tell } = await open();
    fake.intervene = (call, response) => {
      if (call !== 'projects eu-de') return false;
      response.writeHead(503).end();
      return true;
    };
    expect(await tell('orders')).toBe('told');
    expect(await tell('invoices')).toMatchObject({ kind: 'connection', message: expect.stringContaining('eu-de') });
  });

  it('passes over a project that it may not look into', async () => {
    const { fake, tell } = await open();
    fake.intervene = (call, response) => {
      if (call !== 'jobs us-south/two') return false;
      response.writeHead(403).end();
      return true;
    };
    expect(await tell('twice')).toBe('told');
  });

  it('refuses to guess between jobs of one name, and takes a more exact one', async () => {
    const { fake, tell } = await open();
    const failure = await tell('twice');
    expect(failure).toMatchObject({ kind: 'unknownJob' });
    expect(failure.message).toContain('us-south/one/twice, us-south/two/twice');
    expect(await tell('two/twice')).toBe('told');
    expect(await tell('us-south/one/twice', 'r-2')).toBe('told');
    expect(fake.runs.map(({ project }) => project)).toEqual(['two', 'one']);
    expect(await tell('three/twice')).toMatchObject({ kind: 'unknownJob' });
  });

  it('starts no second run while the last one of the registration runs', async () => {
    const { fake, tell } = await open();
    await tell('orders');
    for (const status of ['pending', 'running'] as const) {
      fake.runs[0]!.status = status;
      expect(await tell('orders')).toMatchObject({ kind: 'stillRunning', target: 'orders' });
    }
    expect(fake.runs).toHaveLength(1);
    expect(await tell('orders', 'another')).toBe('told');
    fake.runs[0]!.status = 'failed';
    expect(await tell('orders')).toBe('told');
    expect(fake.runs).toHaveLength(3);
    fake.runs.splice(0); // they were removed by somebody
    expect(await tell('orders')).toBe('told');
  });

  it('starts none when it cannot tell whether the last one runs', async () => {
    const { fake, tell } = await open();
    await tell('orders');
    fake.intervene = (call, response) => {
      if (call !== 'run') return false;
      response.writeHead(500).end();
      return true;
    };
    expect(await tell('orders')).toMatchObject({ kind: 'connection' });
    expect(fake.runs).toHaveLength(1);
  });

  it('starts one run for one notification, however often it is tried', async () => {
    const { fake, tell } = await open();
    fake.intervene = (call, response) => {
      if (call === 'start' && fake.calls.get('start') === 1) response.end = () => response.destroy(); // the answer is lost
      return false;
    };
    expect(await tell('orders', 'r-1', 'n-x')).toMatchObject({ kind: 'connection' });
    expect(await tell('orders', 'r-1', 'n-x')).toBe('told');
    expect(await tell('orders', 'r-1', 'n-x')).toBe('told');
    expect(fake.runs).toHaveLength(1);
    expect(await tell('orders', 'r-1', 'n-y')).toMatchObject({ kind: 'stillRunning' });
  });

  it('forgets a run that was refused', async () => {
    const { fake, tell } = await open();
    fake.intervene = (call, response) => {
      if (call !== 'start') return false;
      response.writeHead(403).end();
      return true;
    };
    expect(await tell('orders')).toMatchObject({ kind: 'status', status: 403 });
    fake.intervene = () => false;
    expect(await tell('orders')).toBe('told');
    expect(fake.calls.get('run')).toBeUndefined();
  });

  it('H8 fails without the key in anything that is said', async () => {
    const { tell } = await open(JOBS, { apikey: 'hunter2' });
    const failure = await tell('orders');
    expect(failure).toMatchObject({ name: 'NotifyError', kind: 'status' });
    const cause = failure.cause as Error;
    expect(
      JSON.stringify([String(failure), failure, String(cause), cause, Object.getOwnPropertyNames(cause)]),
    ).not.toContain('hunter2');
    expect(failure.stack).not.toContain('hunter2');
  });

  it.each([
    ['hangs', () => {}, 'timeout'],
    ['answers with no JSON', (response: any) => response.end('<html>'), 'protocol'],
    ['answers with something else', (response: any) => response.end('{}'), 'protocol'],
    ['hangs up', (response: any) => response.destroy(), 'connection'],
    ['refuses', (response: any) => response.writeHead(401).end(), 'status'],
    ['leads in a circle', (response: any) => response.end('{"projects":[],"next":{"start":"x"}}'), 'connection'],
  ])('N4 fails when the API %s', async (_, respond, kind) => {
    const { fake, tell } = await open(JOBS, { timeoutMs: 300 });
    fake.intervene = (call, response) => {
      if (!call.startsWith('projects')) return false;
      respond(response);
      return true;
    };
    expect(await tell('orders')).toMatchObject({ name: 'NotifyError', kind });
  });

  it('N4 fails in time when the token service hangs', async () => {
    const { fake, tell } = await open(JOBS, { timeoutMs: 300 });
    fake.intervene = (call) => call === 'token';
    expect(await tell('orders')).toMatchObject({ kind: 'timeout' });
  });

  it('X3 gives up when it is unsubscribed from', async () => {
    const { fake, notifier } = await open();
    let closed = false;
    fake.intervene = (call, response) => {
      if (call !== 'start') return false;
      response.on('close', () => (closed = true));
      return true;
    };
    const subscription = notifier.notify(notificationFor('orders')).subscribe();
    await vi.waitFor(() => expect(fake.calls.get('start')).toBe(1));
    subscription.unsubscribe();
    await vi.waitFor(() => expect(closed).toBe(true));
  });

  it('goes on reading the jobs when the one who asked has left', async () => {
    const { fake, notifier, tell } = await open();
    let answer = () => {};
    fake.intervene = (call, response) => {
      if (call !== 'projects eu-de' || fake.calls.get(call) !== 1) return false;
      answer = () => response.end('{"projects":[]}');
      return true;
    };
    const subscription = notifier.notify(notificationFor('orders')).subscribe();
    await vi.waitFor(() => expect(fake.calls.get('projects eu-de')).toBe(1));
    subscription.unsubscribe();
    answer();
    expect(await tell('orders')).toBe('told');
    expect(fake.calls.get('projects eu-de')).toBe(1);
  });

  it('knows what can be a job, and calls them all one bulkhead', async () => {
    const { notifier } = await open();
    const jobs = ['orders', 'httpjob', 'one/orders', 'us-south/My Project/orders'.replace(' ', '_'), 'a'];
    expect(jobs.map(notifier.bulkheadOf)).toEqual(jobs.map(() => 'codeengine'));
    const others = [
      'http://x.example',
      'https://x',
      '',
      'Orders',
      '-a',
      'a-',
      'a b',
      'a/b/c/d',
      'x'.repeat(64),
      '../jobs',
      'a\n',
    ];
    expect(others.map(notifier.bulkheadOf)).toEqual(others.map(() => undefined));
  });

  it('refuses options that are none', async () => {
    const good = { apikey: 'k', regions: ['us-south'] };
    const bad = [
      { regions: [] },
      { regions: ['US'] },
      { regions: ['a/b'] },
      { apikey: '' },
      { refreshMs: 0 },
      { timeoutMs: -1 },
      { url: 'x' },
    ];
    for (const options of bad) expect(() => codeEngineNotifier({ ...good, ...options })).toThrow(OptionError);
  });
});

it('createRunMemory keeps the latest', () => {
  const memory = createRunMemory(2);
  const place = { region: 'r', id: 'p', name: 'p', job: 'j' };
  for (const id of ['a', 'b', 'a', 'c']) memory.keep(id, { place, name: id });
  expect(['a', 'b', 'c'].map((id) => memory.of(id)?.name)).toEqual(['a', undefined, 'c']);
});
