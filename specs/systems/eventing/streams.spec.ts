import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { raw } from '../../support/raw.ts';
import { rawSocket } from '../../adapters/http/support/socket.ts';
import { byBearer, startEventing, type TestEventing, type TestEventingOptions } from '../../support/eventing.ts';

const servers: TestEventing[] = [];
const clients: { leave: () => void }[] = [];
const start = async (options?: TestEventingOptions): Promise<TestEventing> => {
  const server = await startEventing(options);
  servers.push(server);
  return server;
};
const kept = <C extends { leave: () => void }>(client: C): C => {
  clients.push(client);
  return client;
};
afterEach(async () => {
  for (const client of clients.splice(0)) client.leave();
  await Promise.all(servers.splice(0).map((server) => server.end()));
});
const as = (tenant: string) => ({ authorization: `Bearer ${tenant}` });
const texts = (events: readonly { data: string }[]) => events.map(({ data }) => JSON.parse(data).data?.text);
const EVENTS = '/v1/events/test.echoed';

describe('GET /v1/events/{type}', () => {
  it('tells the events of a type as they come, whoever publishes them', async () => {
    const server = await start();
    const client = kept(await server.follow(EVENTS));
    const id = await server.submit('test.echo', { text: 'a' });
    const [event] = await client.take(1);

    expect(event).toMatchObject({ event: 'test.echoed', id: expect.stringMatching(/^\d+$/) });
    expect(JSON.parse(event!.data)).toMatchObject({
      type: 'test.echoed',
      source: 'test',
      operation: id,
      data: { text: 'a' },
    });
    await server.publish('b');
    expect(texts(await client.take(1))).toEqual(['b']);
  });

  it('C4 goes on after the last event that a client had: exactly, in order, once', async () => {
    const server = await start();
    const first = kept(await server.follow(EVENTS));
    for (const text of ['a', 'b']) await server.publish(text);
    const had = await first.take(2);
    first.leave();
    for (const text of ['c', 'd']) await server.publish(text);

    const second = kept(await server.follow(EVENTS, had.at(-1)!.id));
    await server.publish('e');
    const third = kept(await server.follow(EVENTS, had[0]!.id));

    expect(texts(await second.take(3))).toEqual(['c', 'd', 'e']);
    expect(texts(await third.take(4))).toEqual(['b', 'c', 'd', 'e']);
  });

  it('C4 says so where events are not kept any more', async () => {
    const server = await start({ events: 3 });
    const first = kept(await server.follow(EVENTS));
    await server.publish('a');
    const [had] = await first.take(1);
    first.leave();
    for (const text of ['b', 'c', 'd', 'e', 'f']) await server.publish(text);

    const events = await kept(await server.follow(EVENTS, had!.id)).take(4);

    expect(events.map(({ event }) => event)).toEqual(['reset', 'test.echoed', 'test.echoed', 'test.echoed']);
    expect(texts(events.slice(1))).toEqual(['d', 'e', 'f']);
  });

  it.each(['junk', '-1', '1'.repeat(31), '0x10', '1e9', '%00', '__proto__'])(
    'C4 G2 says so after the id %j, which nobody gave out',
    async (id) => {
      const server = await start();
      await server.publish('a');
      const events = await kept(await server.follow(EVENTS, id)).take(1);
      expect(events).toMatchObject([{ event: 'reset' }]);
    },
  );

  it('G2 is answered 431 for an id of 100 kB', async () => {
    const { port } = await start();
    const answer = await raw(
      port,
      `GET ${EVENTS} HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: ${'1'.repeat(1e5)}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 431/);
  });

  it('C8 G2 is of one tenant, also with the id of an event of another', async () => {
    const server = await start({ authorize: byBearer });
    const a = kept(await server.follow(EVENTS, undefined, as('a')));
    const b = kept(await server.follow(EVENTS, undefined, as('b')));
    await server.publish('for a', 'a');
    await server.publish('for b', 'b');
    await server.publish('for nobody');
    const [ofA] = await a.take(1);
    expect(texts([ofA!])).toEqual(['for a']);
    expect(texts(await b.take(1))).toEqual(['for b']);

    const returning = kept(await server.follow(EVENTS, String(Number(ofA!.id) - 1), as('b')));
    await server.publish('more for b', 'b');
    const all: string[] = [];
    while (!all.at(-1)?.includes('more for b')) all.push((await returning.next())!.data);
    expect(all.filter((data) => data.includes('for a'))).toEqual([]);
    expect((await server.get(EVENTS)).status).toBe(401);
  });

  it('C5 G1 carries any text as one event', async () => {
    const server = await start();
    const client = kept(await server.follow(EVENTS));
    const nasty = 'a\nb\r\nc\u0000\u2028\n\nevent: admin\ndata: x\nid: 7\ufeff';
    await server.publish(nasty);
    await server.publish('next');
    expect(texts(await client.take(2))).toEqual([nasty, 'next']);
  });

  it('is answered 404 for an event that is none, with those there are', async () => {
    const server = await start();
    const { status, body } = await server.get('/v1/events/test.echo');
    expect([status, body.code]).toEqual([404, 'unknown_event']);
    expect(body.detail).toContain('known: test.echoed, test.other');
  });

  it('C12 ends with a word when the server stops', async () => {
    const server = await start();
    const client = kept(await server.follow(EVENTS));
    await server.stop({ deadlineMs: 2_000 });
    expect(await client.take(9)).toMatchObject([{ event: 'end', data: '{"reason":"stopping"}' }]);
  });
});

describe('GET /v1/operations/{id}/events', () => {
  const states = (events: readonly { event?: string | undefined; data: string }[]) =>
    events.map(({ event, data }) => (event === 'state' ? JSON.parse(data).state : event));

  it('C2 tells how it goes before, during and after', async () => {
    const server = await start();
    const id = await server.submit('test.hold', {});
    const during = kept(await server.follow(`/v1/operations/${id}/events`));
    expect(states(await during.take(1))).toEqual(['accepted']);
    await expect.poll(() => server.test.held.observed).toBe(true);

    server.test.held.complete();

    expect(states(await during.take(9))).toEqual(['succeeded', 'end']);
    const after = kept(await server.follow(`/v1/operations/${id}/events`));
    const events = await after.take(9);
    expect(states(events)).toEqual(['accepted', 'succeeded', 'end']);
    const again = await server.get(`/v1/operations/${id}/events`, { 'last-event-id': events[1]!.id! });
    expect([again.status, again.body]).toEqual([204, undefined]);
    expect(states(await kept(await server.follow(`/v1/operations/${id}/events`, '1')).take(9))).toEqual([
      'succeeded',
      'end',
    ]);
    expect(states(await kept(await server.follow(`/v1/operations/${id}/events`, 'junk')).take(9))).toEqual([
      'reset',
      'accepted',
      'succeeded',
      'end',
    ]);
  });

  it('C7 leaves nothing behind when clients leave', async () => {
    const server = await start({ seats: { perClient: 1 } });
    const id = await server.submit('test.hold', {});
    for (let i = 0; i < 20; i++) {
      const client = await server.follow(`/v1/operations/${id}/events`);
      expect(client.response.status).toBe(200);
      await client.take(1);
      client.leave();
      const head = () => fetch(`${server.url}v1/operations/${id}/events`, { method: 'HEAD' });
      await expect.poll(async () => (await head()).status).toBe(200);
    }
  });
});

describe('the WebSocket /v1/stream', () => {
  it('tells events by type and operations by id, under the name that the client gave', async () => {
    const server = await start();
    const client = kept(await server.open());
    client.send({ type: 'subscribe', id: 'e', event: 'test.echoed' });
    expect(await client.next()).toEqual({ type: 'subscribed', id: 'e' });
    const id = await server.submit('test.echo', { text: 'a' });
    expect(await client.next()).toMatchObject({
      type: 'event',
      id: 'e',
      event: 'test.echoed',
      eventId: expect.stringMatching(/^\d+$/),
      data: { operation: id, data: { text: 'a' } },
    });

    client.send({ type: 'unsubscribe', id: 'e' });
    expect(await client.next()).toEqual({ type: 'unsubscribed', id: 'e' });
    client.send({ type: 'subscribe', id: 'e', operation: id });
    const frames = await client.take(4);

    expect(frames.map(({ type, data }) => data?.state ?? type)).toEqual(['subscribed', 'accepted', 'succeeded', 'end']);
  });

  it('tells all operations of a tenant, and goes on after the last that a client had', async () => {
    const server = await start({ authorize: byBearer });
    const first = kept(await server.open(as('a')));
    first.send({ type: 'subscribe', id: 'all', operation: '*' });
    await first.next();
    const id = await server.submit('test.echo', { text: 'a' }, as('a'));
    await server.submit('test.echo', { text: 'b' }, as('b'));
    const frames = await first.take(2);
    expect(frames.map(({ data }) => [data.id, data.state])).toEqual([
      [id, 'accepted'],
      [id, 'succeeded'],
    ]);
    first.leave();
    const missed = await server.submit('test.echo', { text: 'c' }, as('a'));
    await server.get(`/v1/operations/${missed}?wait=10`, as('a'));

    const second = kept(await server.open(as('a')));
    second.send({ type: 'subscribe', id: 'all', operation: '*', lastEventId: frames[1]!.eventId });

    expect((await second.take(3)).map(({ data }) => data && [data.id, data.state])).toEqual([
      undefined,
      [missed, 'accepted'],
      [missed, 'succeeded'],
    ]);
  });

  it.each([
    ['no JSON', '{', 'invalid_json'],
    ['a list', '[]', 'invalid_message'],
    ['another type', '{"type":"publish","id":"a"}', 'invalid_message'],
    ['no id', '{"type":"subscribe","event":"test.echoed"}', 'invalid_message'],
    ['a long id', `{"type":"subscribe","event":"test.echoed","id":"${'x'.repeat(65)}"}`, 'invalid_message'],
    ['nothing to follow', '{"type":"subscribe","id":"a"}', 'invalid_message'],
    ['two things', '{"type":"subscribe","id":"a","event":"test.echoed","operation":"*"}', 'invalid_message'],
    ['an event that is none', '{"type":"subscribe","id":"a","event":"__proto__"}', 'unknown_event'],
    ['an operation that is none', '{"type":"subscribe","id":"a","operation":"AAAA"}', 'unknown_operation'],
    ['an end of nothing', '{"type":"unsubscribe","id":"a"}', 'unknown_subscription'],
    ['depth', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'invalid_message'],
    ['__proto__', '{"__proto__":{"type":"subscribe","id":"a","event":"test.echoed"}}', 'invalid_message'],
  ])('H7 answers %s with an error, and goes on', async (_, text, code) => {
    const server = await start();
    const client = kept(await server.open());
    client.socket.send(text);
    client.send({ type: 'subscribe', id: 'ok', event: 'test.echoed' });

    expect(await client.take(2)).toMatchObject([
      { type: 'error', problem: { code, title: expect.any(String) } },
      { type: 'subscribed', id: 'ok' },
    ]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('C8 G9 tells of an operation of another tenant as of one that never was', async () => {
    const server = await start({ authorize: byBearer });
    const id = await server.submit('test.echo', { text: 'a' }, as('a'));
    const client = kept(await server.open(as('b')));
    client.send({ type: 'subscribe', id: 'x', operation: id });
    client.send({ type: 'subscribe', id: 'x', operation: 'AAAAAAAAAAAAAAAAAAAAAA' });
    const [foreign, never] = await client.take(2);
    expect(foreign).toEqual(never);
    expect(foreign).toMatchObject({ type: 'error', problem: { code: 'unknown_operation' } });
  });

  it('G5 is answered 401 without credentials, and 403 for a page of another site', async () => {
    const server = await start({ authorize: byBearer });
    await expect(server.open()).rejects.toMatchObject({ status: 401 });
    await expect(server.open({ ...as('a'), origin: 'https://evil.example' })).rejects.toMatchObject({ status: 403 });
    await expect(server.open({ ...as('a'), origin: 'null' })).rejects.toMatchObject({ status: 403 });
  });

  it('G6 has at most 100 subscriptions on one socket, however many are asked for', async () => {
    const server = await start();
    const client = kept(await server.open());
    for (let n = 0; n < 2_000; n++) client.send({ type: 'subscribe', id: String(n), event: 'test.echoed' });
    const frames = await client.take(2_000);
    const refused = frames.filter(({ type }) => type === 'error');
    expect(frames.filter(({ type }) => type === 'subscribed')).toHaveLength(100);
    expect(new Set(refused.map(({ problem }) => problem.code))).toEqual(new Set(['too_many_subscriptions']));

    client.send({ type: 'unsubscribe', id: '7' });
    client.send({ type: 'subscribe', id: '7', event: 'test.other' });
    expect((await client.take(2)).map(({ type }) => type)).toEqual(['unsubscribed', 'subscribed']);
  });

  it('has at most so many sockets and streams per client', async () => {
    const server = await start({ authorize: byBearer, seats: { perClient: 2, total: 3 } });
    kept(await server.open(as('a')));
    kept(await server.follow(EVENTS, undefined, as('a')));
    await expect(server.open(as('a'))).rejects.toMatchObject({ status: 429 });
    expect((await server.get(EVENTS, as('a'))).body).toMatchObject({ code: 'too_many_streams' });
    const other = kept(await server.open(as('b')));
    await expect(server.open(as('b'))).rejects.toMatchObject({ status: 503 });
    other.leave();
    await expect.poll(async () => kept(await server.open(as('b'))).socket.readyState).toBe(1);
  });

  it('C6 G7 lets a client go that does not read; others have everything', async () => {
    const server = await start({ sockets: { keepAliveMs: 300, maxQueuedBytes: 100_000 }, seats: { perClient: 2 } });
    const { socket, closed } = await rawSocket(server.port, '/v1/stream');
    const subscribe = Buffer.from('{"type":"subscribe","id":"a","event":"test.echoed"}');
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | subscribe.length, 0, 0, 0, 0]), subscribe]));
    await new Promise((resolve) => socket.once('data', resolve));
    socket.pause();
    const reader = kept(await server.open());
    reader.send({ type: 'subscribe', id: 'r', event: 'test.echoed' });
    await reader.next();

    for (let n = 0; n < 400; n++) await server.publish('x'.repeat(30_000));

    expect((await reader.take(400)).at(-1)).toMatchObject({ type: 'event', data: { type: 'test.echoed' } });
    await expect.poll(() => server.open().then(kept, String)).toMatchObject({ socket: { readyState: 1 } });
    expect(reader.socket.readyState).toBe(1);
    socket.resume();
    await closed;
  });

  it('C7 leaves nothing behind: connects and drops, subscribed and not', async () => {
    const count = 200;
    const server = await start({ seats: { perClient: 60, total: 60 } });
    const before = process.getActiveResourcesInfo().filter((name) => /Timeout|TCP/.test(name)).length;
    for (let i = 0; i < count; i += 50) {
      const batch = await Promise.all(Array.from({ length: 50 }, () => server.open()));
      for (const [n, client] of batch.entries()) {
        if (n % 3 > 0) client.send({ type: 'subscribe', id: 'a', event: 'test.echoed' });
        if (n % 3 > 1) await client.next();
      }
      for (const client of batch) client.leave();
      await Promise.all(batch.map(({ closed }) => closed));
      // Every seat is free again, or the next batch would be refused.
      await expect.poll(async () => server.open().then((client) => (client.leave(), 'open'), String)).toBe('open');
    }
    const now = () => process.getActiveResourcesInfo().filter((name) => /Timeout|TCP/.test(name)).length;
    await expect.poll(now).toBeLessThanOrEqual(before + 1);
  });

  it('C12 is closed with 1001 when the server stops', async () => {
    const server = await start();
    const client = kept(await server.open());
    const stuck = connect(server.port, '127.0.0.1');
    stuck.on('error', () => undefined);
    await server.stop({ deadlineMs: 3_000 });
    expect(await client.closed).toBe(1001);
    stuck.destroy();
  });

  it('is answered 426 over plain HTTP', async () => {
    const server = await start();
    const { status, body } = await server.get('/v1/stream');
    expect([status, body.code]).toEqual([426, 'upgrade_required']);
  });
});
