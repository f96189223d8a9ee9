import { afterEach, describe, expect, it } from 'vitest';
import { Subject } from 'rxjs';
import { memoryJobStore } from '../../../lib/adapters/memory/memoryJobStore.ts';
import type { JobStore } from '../../../lib/contracts/jobStore.ts';
import { startJobs, testKinds, type TestJobs } from '../../support/jobs.ts';

const servers: TestJobs[] = [];
const start = async (...args: Parameters<typeof startJobs>) => {
  const server = await startJobs(...args);
  servers.push(server);
  return server;
};
afterEach(() =>
  Promise.all(
    servers.splice(0).map(async (server) => {
      await server.jobs.stop({ mode: 'abort', deadlineMs: 1_000 });
      await server.stop({ deadlineMs: 0 });
    }),
  ),
);

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('a job over HTTP', () => {
  it('W3 is accepted at once, runs, and can be read at its end', async () => {
    const { post, get, ended } = await start();

    const { status, headers, body } = await post('/v1/jobs/count', { to: 3 });

    expect(status).toBe(202);
    expect(body).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      kind: 'count',
      state: body.state,
      createTime: TIME,
    });
    expect(headers.get('location')).toBe(`/v1/jobs/${body.id}`);
    const end = await ended(body.id);
    expect(end).toEqual({
      ...body,
      state: 'succeeded',
      startTime: TIME,
      endTime: TIME,
      result: { n: 3 },
    });
    expect((await get(headers.get('location')!)).body).toEqual(end);
  });

  it('W3 shows what it told last while it runs', async () => {
    const { kinds, tell } = testKinds();
    const server = await start({ kinds });
    const token = await server.start('told');
    const client = await server.follow(token);
    await client.take(2);

    tell(token).next({ done: '10 %' });
    await client.take(1);

    const { body } = await server.get(`/v1/jobs/${token}`);
    expect(body).toMatchObject({ state: 'running', lastMessage: { done: '10 %' } });
    expect(body).not.toHaveProperty('result');
  });

  it('has no result where it told nothing', async () => {
    const server = await start();

    const end = await server.ended(await server.start('silent'));

    expect(Object.keys(end)).toEqual(['id', 'kind', 'state', 'createTime', 'startTime', 'endTime']);
  });

  it.each([[null], [[1, 'a', { b: null }]], ['text'], [0]])('takes the input %j, and gives it back', async (input) => {
    const server = await start();

    expect((await server.ended(await server.start('echo', input))).result).toEqual(input);
  });

  it('W6 says why it failed where that was written for clients, and keeps what it told last', async () => {
    const server = await start();

    expect(await server.ended(await server.start('refuse'))).toMatchObject({
      state: 'failed',
      lastMessage: { step: 1 },
      error: { code: 'refused', message: 'the archive refused: no such quarter' },
    });
  });

  it('H8 hides the texts of foreign errors from clients, and hands them to the log', async () => {
    const failures: any[] = [];
    const server = await start({ onError: (failure: unknown) => failures.push(failure) });

    const end = await server.ended(await server.start('leak'));

    expect(end.error).toEqual({ code: 'job_failed', message: 'it failed; the log says why' });
    expect(String(failures[0].cause)).toContain('tomato');
  });

  it.each([
    ['a bigint', async () => 1n, 'not_json', /JSON cannot carry bigint at the top/],
    ['too much', async () => 'x'.repeat(20_000), 'too_large', /16384/],
    ['a plain object', () => ({ count: 3 }) as never, 'job_failed', /./],
    ['too much of what it yields', async function* () { yield 'x'.repeat(20_000); }, 'too_large', /16384/], // prettier-ignore
  ])('W6 fails when it tells %s', async (_, run, code, message) => {
    const server = await start({ kinds: { bad: { input: testKinds().kinds['echo']!.input, run } } });

    const { state, error } = await server.ended(await server.start('bad'));

    expect([state, error.code]).toEqual(['failed', code]);
    expect(error.message).toMatch(message);
  });

  it('W6 fails within the limits of its kind', async () => {
    const server = await start({ limits: { deaf: { timeoutMs: 10 }, count: { maxMessages: 2 } } });

    expect(await server.ended(await server.start('deaf'))).toMatchObject({
      state: 'timedOut',
      error: { code: 'timed_out', message: 'not done within 10 ms' },
    });
    expect(await server.ended(await server.start('count', { to: 3 }))).toMatchObject({
      state: 'failed',
      error: { code: 'message_limit' },
      lastMessage: { n: 2 },
    });
  });

  it('does not see what another run of it has changed in its input', async () => {
    const seen: unknown[] = [];
    const { input } = testKinds().kinds['echo']!;
    const run = async (given: any) => {
      seen.push(structuredClone(given));
      given.list.push('mine');
    };
    const server = await start({ kinds: { spoil: { input, run } } });

    const key = { 'idempotency-key': 'one' };
    const first = await server.post('/v1/jobs/spoil', { list: [] }, key);
    await server.ended(first.body.id);
    const second = await server.post('/v1/jobs/spoil', { list: [] }, key);

    expect(second.body.id).toBe(first.body.id); // its input is still what was sent
    expect(seen).toEqual([{ list: [] }]);
  });
});

describe('starting', () => {
  it('answers 404 to a kind that is none, and names those there are', async () => {
    const { post } = await start();

    const { status, body } = await post('/v1/jobs/cuont', {});

    expect([status, body.code]).toEqual([404, 'unknown_kind']);
    expect(body.detail).toBe('there is no kind of job "cuont"; known: count, told, deaf, refuse, leak, silent, echo');
  });

  it('answers 400 to an input that does not fit, and says where', async () => {
    const { post, get } = await start();

    const { status, body } = await post('/v1/jobs/count', { to: 'x' });

    expect([status, body.code, body.detail]).toEqual([400, 'invalid_input', 'the input: /to must be number, not "x"']);
    expect((await get('/v1/jobs')).body.items).toEqual([]);
  });

  it('W1 W13 lets so many run and so many wait, and answers 503 with Retry-After beyond', async () => {
    const { kinds, running } = testKinds();
    const server = await start({ kinds, maxRunning: 2, maxWaiting: 1 });
    const tokens = [await server.start('told'), await server.start('told'), await server.start('told')];

    const { status, headers, body } = await server.post('/v1/jobs/told', {});

    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'queue_full', '1']);
    expect([...running]).toEqual(tokens.slice(0, 2));
    expect((await server.get(`/v1/jobs/${tokens[2]}`)).body.state).toBe('queued');
    expect((await server.get('/v1/jobs')).body.items).toHaveLength(3);
  });

  it('W8 W11 answers 503 once it is told to stop, and shows how jobs end', async () => {
    const { kinds, tell } = testKinds();
    const server = await start({ kinds, maxRunning: 1 });
    const [runs, waits] = [await server.start('told'), await server.start('told')];
    const client = await server.follow(runs);
    await client.take(2);

    const stopped = server.jobs.stop({ deadlineMs: 5_000 });
    const { status, headers, body } = await server.post('/v1/jobs/count', { to: 1 });

    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'stopping', '5']);
    expect((await server.get(`/v1/jobs/${waits}`)).body).toMatchObject({
      state: 'rejected',
      error: { code: 'stopped' },
    });
    tell(runs).next('done');
    tell(runs).complete();
    expect((await stopped).jobs).toMatchObject({ started: 2, succeeded: 1, rejected: 1 });
    expect((await client.take(9)).map(({ event }) => event)).toEqual(['message', 'state', 'end']);
    expect((await server.get(`/v1/jobs/${runs}`)).body).toMatchObject({ state: 'succeeded', result: 'done' });
  });

  it('answers 503 when the job cannot be stored, and never runs it', async () => {
    const store: JobStore = {
      ...memoryJobStore(),
      put: () => {
        throw new Error('disk full at /secret');
      },
    };
    const { kinds, running } = testKinds();
    const server = await start({ store, kinds });

    const { status, body } = await server.post('/v1/jobs/told', {});

    expect([status, body.code]).toEqual([503, 'not_kept']);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(running.size).toBe(0);
  });

  it('answers only when the job is stored', async () => {
    const stored$ = new Subject<never>();
    const server = await start({ store: { ...memoryJobStore(), put: () => stored$ } });
    let answered = false;
    const answer = server.post('/v1/jobs/silent', {}).then((given) => {
      answered = true;
      return given;
    });
    await expect.poll(async () => (await server.get('/v1/jobs')).body.items.length).toBe(1);

    expect(answered).toBe(false);
    stored$.complete();
    expect((await answer).status).toBe(202);
  });
});

describe('an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'order-7' };

  it('C3 means the same job for the same kind and input, however it is written', async () => {
    const { post, get } = await start();

    const first = await post('/v1/jobs/echo', { a: 1, b: 2 }, key);
    const again = await post('/v1/jobs/echo', { b: 2, a: 1 }, key);
    const other = await post('/v1/jobs/echo', { a: 1, b: 2 }, { 'idempotency-key': 'order-8' });

    expect(again.status).toBe(202);
    expect(again.body.id).toBe(first.body.id);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(other.body.id).not.toBe(first.body.id);
    expect((await get('/v1/jobs')).body.items).toHaveLength(2);
  });

  it('C3 is refused for another input or kind', async () => {
    const { post, get } = await start();
    await post('/v1/jobs/echo', { a: 1 }, key);

    for (const answer of [await post('/v1/jobs/echo', { a: 2 }, key), await post('/v1/jobs/silent', { a: 1 }, key)]) {
      expect([answer.status, answer.body.code]).toEqual([409, 'idempotency_key_reused']);
    }
    expect((await get('/v1/jobs')).body.items).toHaveLength(1);
  });

  it('C3 starts one job when it comes many times at once', async () => {
    const { post, get } = await start();

    const answers = await Promise.all(Array.from({ length: 20 }, () => post('/v1/jobs/echo', { a: 1 }, key)));

    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect((await get('/v1/jobs')).body.items).toHaveLength(1);
  });

  it('is forgotten with its job, and free again', async () => {
    const server = await start({ maxRetained: 1 });
    const first = await server.post('/v1/jobs/echo', { a: 1 }, key);
    await server.ended(first.body.id);
    await server.ended(await server.start('silent'));

    const second = await server.post('/v1/jobs/echo', { a: 2 }, key);

    expect(second.status).toBe(202);
    expect((await server.get(`/v1/jobs/${first.body.id}`)).status).toBe(404);
  });

  it.each([[''], ['a b'], ['x'.repeat(256)], ['é']])('refuses %j', async (value) => {
    const { post } = await start();

    expect(await post('/v1/jobs/silent', {}, { 'idempotency-key': value })).toMatchObject({
      status: 400,
      body: { code: 'invalid_idempotency_key' },
    });
  });
});

describe('cancelling', () => {
  it('W3 ends a job that waits, which never runs', async () => {
    const { kinds, tell, running } = testKinds();
    const server = await start({ kinds, maxRunning: 1 });
    const [runs, waits] = [await server.start('told'), await server.start('told')];

    const { status, body } = await server.del(`/v1/jobs/${waits}`);

    expect([status, body.state]).toEqual([200, 'cancelled']);
    expect(body).not.toHaveProperty('startTime');
    tell(runs).complete();
    await server.ended(runs);
    expect(running.size).toBe(0);
    expect((await server.follow(waits)).response.status).toBe(200);
  });

  it('W3 X3 ends a job that runs, and aborts what it does', async () => {
    const { kinds, aborted, running } = testKinds();
    const server = await start({ kinds });
    const token = await server.start('told');
    const client = await server.follow(token);
    await client.take(2);

    const { status, body } = await server.del(`/v1/jobs/${token}`);

    expect([status, body.state, body.endTime]).toEqual([200, 'cancelled', TIME]);
    expect([aborted, running.size]).toEqual([[token], 0]);
    expect((await client.take(9)).map(({ event }) => event)).toEqual(['state', 'end']);
  });

  it('answers the same again, and 409 to a job with another end', async () => {
    const { kinds } = testKinds();
    const server = await start({ kinds });
    const [cancelled, succeeded] = [await server.start('told'), await server.start('silent')];
    await server.ended(succeeded);
    const first = await server.del(`/v1/jobs/${cancelled}`);

    expect(await server.del(`/v1/jobs/${cancelled}`)).toMatchObject({ status: 200, body: first.body });
    expect(await server.del(`/v1/jobs/${succeeded}`)).toMatchObject({
      status: 409,
      body: { code: 'job_over', detail: 'the job has ended as succeeded: there is nothing to cancel' },
    });
    expect(await server.del('/v1/jobs/none')).toMatchObject({ status: 404, body: { code: 'unknown_job' } });
  });
});

describe('tenants', () => {
  it('C8 see their own jobs only; that of another is like none', async () => {
    const { kinds, running } = testKinds();
    const server = await start({ kinds, authorize: ({ headers }) => headers.get('x-tenant') ?? undefined });
    const [a, b] = [{ 'x-tenant': 'a' }, { 'x-tenant': 'b' }];
    const { body } = await server.post('/v1/jobs/told', {}, { ...a, 'idempotency-key': 'k' });
    const path = `/v1/jobs/${body.id}`;
    const none = await server.get('/v1/jobs/none', b);

    for (const answer of [
      await server.get(path, b),
      await server.del(path, b),
      await server.get(`${path}/events`, b),
    ]) {
      expect([answer.status, answer.body]).toEqual([404, none.body]);
    }
    expect((await server.get('/v1/jobs', b)).body.items).toEqual([]);
    expect((await server.post('/v1/jobs/told', { other: 1 }, { ...b, 'idempotency-key': 'k' })).status).toBe(202);
    expect(running.has(body.id)).toBe(true);
    expect((await server.get('/v1/jobs', a)).body.items).toHaveLength(1);
    expect((await server.get('/v1/jobs')).status).toBe(401);
  });
});
