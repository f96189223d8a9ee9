import { describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { httpSink } from './support/httpSink.ts';
import { startRoute } from './support/startRoute.ts';

describe('routes that come and go', () => {
  it('R9 lose nothing and repeat nothing while events flow', async () => {
    const [always, atTimes] = [await httpSink(), await httpSink()];
    const { ask, send } = await startRoute({
      senders: [{ name: 'at-times', type: 'http', url: atTimes.url }],
      receivers: [
        { name: 'in', type: 'webhook', routes: [{ name: 'always', sender: { type: 'http', url: always.url } }] },
      ],
    });
    const flowing = new AbortController();
    let sent = 0;
    const flow = (async () => {
      while (!flowing.signal.aborted) expect(await send('/hooks/in', { n: sent++ })).toBe(202);
    })();

    let offered = 0;
    for (let round = 0; round < 15; round++) {
      expect((await ask('POST', '/v1/receivers/in/routes', { name: 'extra', sender: 'at-times' })).status).toBe(201);
      const before = sent;
      await eventually(() => sent).toBeGreaterThan(before + 5);
      const removed = await ask('DELETE', '/v1/receivers/in/routes/extra');
      expect(removed).toMatchObject({ status: 200, body: { name: 'extra', receiver: 'in', state: 'closed' } });
      const { default: account } = removed.body.tenants;
      expect(account).toMatchObject({ waiting: 0, running: 0, discarded: 0, failed: 0 });
      expect(account.succeeded).toBe(account.offered);
      offered += Number(account.offered);
    }
    flowing.abort();
    await flow;
    await eventually(() => always.received.length).toBe(sent);

    const numbers = (sink: typeof always) => sink.bodies().map(({ n }) => n as number);
    expect(numbers(always)).toEqual(Array.from({ length: sent }, (_, n) => n));
    expect(atTimes.received).toHaveLength(offered);
    expect(new Set(numbers(atTimes)).size).toBe(offered);
    expect(offered).toBeGreaterThan(15 * 5);
  });

  it('says what cannot be added or removed, and why', async () => {
    const { ask } = await startRoute({
      topics: ['loop'],
      senders: [{ name: 'known', type: 'log' }],
      receivers: [
        { name: 'in', type: 'webhook', routes: [{ name: 'r', sender: 'known' }] },
        { name: 'loop', type: 'topic', topic: 'loop', routes: [] },
      ],
    });
    const add = (body: unknown, receiver = 'in') => ask('POST', `/v1/receivers/${receiver}/routes`, body);
    const problem = async (asked: ReturnType<typeof add>) => {
      const { status, body } = await asked;
      return `${status} ${body.code}: ${body.detail}`;
    };
    const log = { type: 'log' };

    expect(await problem(add({ name: 'r', sender: 'known' }))).toMatch(/^409 route_exists: /);
    expect(await problem(add({ name: 'x', sender: 'unknown' }))).toBe(
      '400 invalid_route: there is no sender "unknown"; known: known',
    );
    expect(await problem(add({ name: 'x', sender: { type: 'topic', topic: 'none' } }))).toMatch(/^400 invalid_route: /);
    expect(await problem(add({ name: 'x', sender: { type: 'topic', topic: 'loop' } }, 'loop'))).toBe(
      '400 loop: events would go round in a circle: topic loop -> loop -> topic loop',
    );
    expect(await problem(add({ name: 'x', sender: log }, 'none'))).toMatch(/^404 unknown_receiver: /);
    expect(await problem(ask('DELETE', '/v1/receivers/in/routes/none'))).toMatch(/^404 unknown_route: /);
    expect(await problem(ask('DELETE', '/v1/receivers/in/routes/r?deadlineMs=-1'))).toMatch(/^400 invalid_deadline: /);
    expect(await problem(add({ name: 'x', sender: log, concurency: 4 }))).toBe(
      '400 invalid_route: /concurency is not known here; did you mean concurrency?',
    );
    for (let i = 1; i < 100; i++) expect((await add({ name: `r${i}`, sender: log })).status).toBe(201);
    expect(await problem(add({ name: 'x', sender: log }))).toMatch(/^409 too_many_routes: /);
  });

  it('take addresses and files from the configuration alone', async () => {
    const { ask } = await startRoute({ receivers: [{ name: 'in', type: 'webhook', routes: [] }] });
    const senders = [
      { type: 'http', url: 'http://169.254.169.254/latest/meta-data/' },
      { type: 'file', path: '/etc/cron.d/x' },
      { type: 'http', url: 'file:///etc/passwd' },
    ];

    for (const sender of senders) {
      const { status, body } = await ask('POST', '/v1/receivers/in/routes', { name: 'x', sender });
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'invalid_route' });
    }
    expect((await ask('GET', '/v1/receivers')).body.receivers[0].routes).toEqual([]);
  });

  it('redrive what they have parked', async () => {
    const sink = await httpSink();
    sink.answer(400);
    const { ask, send, route } = await startRoute({
      receivers: [
        {
          name: 'in',
          type: 'webhook',
          routes: [{ name: 'r', onFailure: 'park', sender: { type: 'http', url: sink.url } }],
        },
      ],
    });

    await send('/hooks/in', { n: 1 });
    await eventually(async () => (await route('in', 'r')).outcomes.parked).toBe(1);
    expect((await route('in', 'r')).lastError).toMatchObject({ code: 'send_failed' });
    sink.answer(204);
    const redriven = await ask('POST', '/v1/receivers/in/routes/r/redrive', {});

    expect(redriven).toMatchObject({ status: 200, body: { redriven: 1 } });
    await eventually(async () => (await route('in', 'r')).outcomes).toMatchObject({ parked: 0, succeeded: 1 });
  });

  it('are the business of whoever has the admin token, and of nobody where there is none off the loopback address', async () => {
    const config = { receivers: [{ name: 'in', type: 'webhook', routes: [{ name: 'r', sender: { type: 'log' } }] }] };
    const guarded = await startRoute({ ...config, adminToken: 'secret-1' });
    const open = await startRoute({ ...config, http: { host: '0.0.0.0' } });
    const asks = [
      ['GET', '/v1/receivers'],
      ['GET', '/v1/receivers/metrics'],
      ['GET', '/v1/alerts'],
      ['GET', '/v1/alerts/events'],
      ['POST', '/v1/receivers/in/routes'],
      ['DELETE', '/v1/receivers/in/routes/r'],
      ['POST', '/v1/receivers/in/routes/r/redrive'],
    ] as const;

    for (const [method, path] of asks) {
      expect(await guarded.ask(method, path), path).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
      expect(await open.ask(method, path), path).toMatchObject({ status: 403, body: { code: 'admin_closed' } });
    }
    expect((await guarded.ask('GET', '/v1/receivers', undefined, { authorization: 'Bearer secret-2' })).status).toBe(
      401,
    );
    expect((await guarded.ask('GET', '/v1/receivers', undefined, { authorization: 'Bearer secret-1' })).status).toBe(
      200,
    );
    expect(await open.send('/hooks/in', 1)).toBe(202);
  });
});
