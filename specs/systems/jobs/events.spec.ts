import { afterEach, describe, expect, it } from 'vitest';
import { connect } from 'node:net';
import * as t from 'io-ts';
import { startJobs, testKinds, type TestJobs, type TestKinds } from '../../support/jobs.ts';
import type { SseClient } from '../../adapters/http/support/sse.ts';

const servers: TestJobs[] = [];
const clients: { leave: () => void }[] = [];
let test: TestKinds;

const start = async (options: Parameters<typeof startJobs>[0] = {}) => {
  test = testKinds();
  const server = await startJobs({ kinds: test.kinds, ...options });
  servers.push(server);
  return server;
};
const follow = async (server: TestJobs, token: string, lastEventId?: string): Promise<SseClient> => {
  const client = await server.follow(token, lastEventId);
  clients.push(client);
  return client;
};
afterEach(async () => {
  for (const client of clients.splice(0)) client.leave();
  await Promise.all(
    servers.splice(0).map(async (server) => {
      await server.jobs.stop({ mode: 'abort', deadlineMs: 1_000 });
      await server.stop({ deadlineMs: 0 });
    }),
  );
});

const told = (events: readonly { event?: string | undefined; data: string }[]) =>
  events.map(({ event, data }) =>
    event === 'state' ? JSON.parse(data).state : event === 'message' ? JSON.parse(data) : event,
  );

describe('the events of a job', () => {
  it('W4 W5 are its states and messages in order, and then the end', async () => {
    const server = await start();
    const token = await server.start('count', { to: 3 });

    const client = await follow(server, token);

    expect(client.response.headers.get('content-type')).toBe('text/event-stream');
    expect(told(await client.take(99))).toEqual([
      'queued',
      'running',
      { n: 1 },
      { n: 2 },
      { n: 3 },
      'succeeded',
      'end',
    ]);
  });

  it('come as they happen, to everybody who follows', async () => {
    const server = await start();
    const token = await server.start('told');
    const [early, other] = [await follow(server, token), await follow(server, token)];
    await Promise.all([early.take(2), other.take(2)]);

    test.tell(token).next('a');

    expect(told(await early.take(1))).toEqual(['a']);
    expect(told(await other.take(1))).toEqual(['a']);
    const late = await follow(server, token);
    expect(told(await late.take(3))).toEqual(['queued', 'running', 'a']);
    test.tell(token).complete();
    for (const client of [early, other, late]) expect(told(await client.take(9))).toEqual(['succeeded', 'end']);
  });

  it('C4 go on after the last event that a client had, exactly', async () => {
    const server = await start();
    const token = await server.start('told');
    const first = await follow(server, token);
    test.tell(token).next('a');
    const had = await first.take(3);
    first.leave();
    for (const message of ['b', 'c']) test.tell(token).next(message);

    const second = await follow(server, token, had.at(-1)!.id);

    expect(told(await second.take(2))).toEqual(['b', 'c']);
    test.tell(token).next('d');
    test.tell(token).complete();
    expect(told(await second.take(9))).toEqual(['d', 'succeeded', 'end']);
  });

  it('C4 begin with a reset where some are not kept any more', async () => {
    const server = await start({ events: 4 });
    const token = await server.start('count', { to: 100 });
    await server.ended(token);

    const fresh = told(await (await follow(server, token)).take(99));
    const returning = told(await (await follow(server, token, '1')).take(99));

    expect(fresh).toEqual(['reset', { n: 98 }, { n: 99 }, { n: 100 }, 'succeeded', 'end']);
    expect(returning).toEqual(fresh);
  });

  it.each([['abc'], ['99999999999999999999'], ['9999999999999999'], ['-1'], ['__proto__']])(
    'C4 begin with a reset after the id %j, which nobody gave out',
    async (id) => {
      const server = await start();
      const token = await server.start('silent');
      await server.ended(token);

      const events = told(await (await follow(server, token, id)).take(99));

      expect(events).toEqual(['reset', 'queued', 'running', 'succeeded', 'end']);
    },
  );

  it('are over for a client that had all of them, so that a browser stops asking', async () => {
    const server = await start();
    const token = await server.start('silent');
    const events = await (await follow(server, token)).take(99);
    const last = events.at(-2)!.id!;

    const again = await server.get(`/v1/jobs/${token}/events`, { 'last-event-id': last });

    expect([again.status, again.body]).toEqual([204, undefined]);
  });

  it('are the last state alone where the others are not kept any more, once', async () => {
    const server = await start({ followed: 1 });
    const token = await server.start('count', { to: 3 });
    await server.ended(token);
    await server.ended(await server.start('silent'));

    const events = await (await follow(server, token, '1')).take(99);

    expect(told(events)).toEqual(['reset', 'succeeded', 'end']);
    expect(JSON.parse(events[1]!.data)).toMatchObject({ id: token, result: { n: 3 } });
    expect((await server.get(`/v1/jobs/${token}/events`, { 'last-event-id': events[1]!.id! })).status).toBe(204);
  });

  it('C5 carry any text', async () => {
    const nasty = 'a\nb\r\nc\u0000\u2028 data: x\n\nid: 7\ud800';
    const server = await start();
    const token = await server.start('echo', { nasty: nasty.slice(0, -1) });

    const events = await (await follow(server, token)).take(99);

    expect(JSON.parse(events[2]!.data)).toEqual({ nasty: nasty.slice(0, -1) });
  });

  it('answer HEAD with headers alone', async () => {
    const server = await start();
    const token = await server.start('silent');

    const response = await fetch(`${server.url}v1/jobs/${token}/events`, { method: 'HEAD' });

    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'text/event-stream',
      '',
    ]);
  });

  it('C10 keep a silent connection alive', async () => {
    const server = await start({ streams: { keepAliveMs: 20 } });
    const token = await server.start('told');
    const client = await follow(server, token);
    await client.take(2);
    const next = client.next();

    await expect.poll(() => client.comments.length).toBeGreaterThan(1);

    test.tell(token).complete();
    expect(told([(await next)!])).toEqual(['succeeded']);
  });
});

describe('clients that follow', () => {
  it('C7 leave nothing behind', async () => {
    const server = await start({ maxFollowers: 1 });
    const token = await server.start('told');

    for (let i = 0; i < 100; i++) {
      const client = await server.follow(token);
      expect(client.response.status).toBe(200);
      await client.take(2);
      client.leave();
      await expect
        .poll(async () => (await fetch(`${server.url}v1/jobs/${token}/events`, { method: 'HEAD' })).status)
        .toBe(200);
    }
  });

  it('are at most so many; one more is told to come later, and others are not hurt', async () => {
    const server = await start({ maxFollowers: 3 });
    const token = await server.start('told');
    const followers = await Promise.all([1, 2, 3].map(() => follow(server, token)));
    for (const follower of followers) await follower.take(2);

    const fourth = await server.get(`/v1/jobs/${token}/events`);

    expect([fourth.status, fourth.body.code, fourth.headers.get('retry-after')]).toEqual([
      503,
      'too_many_followers',
      '5',
    ]);
    expect((await server.get(`/v1/jobs/${token}`)).status).toBe(200);
    followers[0]!.leave();
    await expect.poll(async () => (await server.follow(token)).response.status).toBe(200);
    test.tell(token).next('still');
    expect(told(await followers[1]!.take(1))).toEqual(['still']);
  });

  it('C6 do not hold up a job or each other when one reads nothing, and are let go', async () => {
    const failures: unknown[] = [];
    const megabytes = t.type({});
    const server = await start({
      kinds: {
        much: {
          input: megabytes,
          *run() {
            for (let i = 0; i < 2_000; i++) yield { i, text: 'x'.repeat(10_000) };
          },
        },
      },
      events: 1_000,
      streams: { keepAliveMs: 700 },
      onError: (failure: unknown) => failures.push(failure),
    });
    const token = await server.start('much');
    const stuck = connect(server.port, '127.0.0.1');
    stuck.on('error', () => undefined);
    stuck.write(`GET /v1/jobs/${token}/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    stuck.pause();
    const closed = new Promise((resolve) => stuck.once('close', resolve));

    const events = await (await follow(server, token)).take(5_000);

    expect(events.at(-1)!.event).toBe('end');
    expect((await server.get(`/v1/jobs/${token}`)).body).toMatchObject({ state: 'succeeded', result: { i: 1_999 } });
    await expect.poll(() => failures, { timeout: 5_000 }).toMatchObject([{ code: 'slow_client' }]);
    stuck.resume();
    await closed;
  });
});
