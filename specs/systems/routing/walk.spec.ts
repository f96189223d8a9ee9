import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually } from './support/eventually.ts';
import { httpSink } from './support/httpSink.ts';
import { startRoute } from './support/startRoute.ts';

const KINDS = ['webhook', 'topic', 'interval', 'file'] as const;

/** A receiver of each kind, with a route to a sender of each kind. */
const everyPair = (url: string) => ({
  topics: ['in', ...KINDS.map((kind) => `out-${kind}`)],
  senders: [{ name: 'sink', type: 'http', url }],
  receivers: [
    ...[
      { name: 'webhook', type: 'webhook' },
      { name: 'topic', type: 'topic', topic: 'in' },
      { name: 'interval', type: 'interval', everyMs: 20, payload: { n: 'tick' } },
      { name: 'file', type: 'file', path: 'in.jsonl', from: 'start', pollMs: 20 },
    ].map((receiver) => ({
      ...receiver,
      routes: [
        { name: 'http', sender: 'sink', filters: [{ transform: [{ set: { from: receiver.name } }] }] },
        { name: 'topic', sender: { type: 'topic', topic: `out-${receiver.name}` } },
        { name: 'file', sender: { type: 'file', path: `${receiver.name}.out` } },
        { name: 'log', sender: { type: 'log' } },
      ],
    })),
    { name: 'feed', type: 'webhook', routes: [{ name: 'in', sender: { type: 'topic', topic: 'in' } }] },
    ...KINDS.map((kind) => ({
      name: `after-${kind}`,
      type: 'topic',
      topic: `out-${kind}`,
      routes: [{ name: 'file', sender: { type: 'file', path: `${kind}.topic.out` } }],
    })),
  ],
});

describe('rxfan route', () => {
  it('R4 R10 takes events from every kind of receiver to every kind of sender', async () => {
    const sink = await httpSink();
    const { folder, terminal, send, route, stop } = await startRoute(everyPair(sink.url));
    const lines = async (name: string) =>
      (await readFile(join(folder, name), 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');

    for (const n of [1, 2, 3]) {
      expect(await send('/hooks/webhook', { n })).toBe(202);
      expect(await send('/hooks/feed', { n })).toBe(202);
      await appendFile(join(folder, 'in.jsonl'), `${JSON.stringify({ n })}\n`);
    }
    await eventually(async () => (await route('file', 'file')).outcomes.succeeded).toBe(3);
    await eventually(async () => (await route('interval', 'log')).outcomes.succeeded).toBeGreaterThan(3);
    expect(await stop()).toBe(0);

    for (const kind of ['webhook', 'topic', 'file']) {
      const expected = [{ n: 1 }, { n: 2 }, { n: 3 }];
      const payloads = (texts: readonly string[]) => texts.map((text) => JSON.parse(text).payload);
      expect(sink.bodies().filter(({ from }) => from === kind), `${kind} to http`).toEqual(
        expected.map((payload) => ({ ...payload, from: kind })),
      ); // prettier-ignore
      expect(payloads(await lines(`${kind}.out`)), `${kind} to file`).toEqual(expected);
      expect(payloads(await lines(`${kind}.topic.out`)), `${kind} to topic`).toEqual(expected);
      const logged = terminal.err().split('\n').filter((line) => line.includes(` default/${kind}/log {`)); // prettier-ignore
      expect(
        logged.map((line) => JSON.parse(line.slice(line.indexOf('{'))).payload),
        `${kind} to log`,
      ).toEqual(expected);
    }
    expect((await lines('interval.out')).length).toBeGreaterThan(2);
    expect(await lines('interval.topic.out')).toHaveLength((await lines('interval.out')).length);
    expect(sink.bodies().filter(({ n }) => n === 'tick')).toHaveLength((await lines('interval.out')).length);
  });

  it('filters: matches, transforms, splits, leaves out what was there, and batches by size and by time', async () => {
    const sink = await httpSink();
    const { send, route } = await startRoute({
      receivers: [
        {
          name: 'orders',
          type: 'webhook',
          routes: [
            {
              name: 'items',
              filters: [
                { match: { path: 'kind', equals: 'order' } },
                { split: { path: 'items' } },
                { dedup: { path: 'sku' } },
                { transform: [{ pick: ['sku'] }] },
                { batch: { size: 3, flushMs: 60 } },
              ],
              sender: { type: 'http', url: sink.url },
            },
          ],
        },
      ],
    });
    const items = (...skus: string[]) => skus.map((sku) => ({ sku, price: 1 }));

    await send('/hooks/orders', { kind: 'offer', items: items('x') });
    await send('/hooks/orders', { kind: 'order', items: items('a', 'b', 'a', 'c', 'd') });
    await eventually(() => sink.bodies()).toHaveLength(2);
    await send('/hooks/orders', { kind: 'order', items: items('d', 'e') });
    await eventually(() => sink.bodies()).toHaveLength(3);

    expect(sink.bodies()).toEqual([[{ sku: 'a' }, { sku: 'b' }, { sku: 'c' }], [{ sku: 'd' }], [{ sku: 'e' }]]);
    await eventually(async () => (await route('orders', 'items')).outcomes.succeeded).toBe(3);
  });

  it('R5 tells a topic of this process two events that two routes have made of one, and not one of them', async () => {
    const sink = await httpSink();
    const mark = (name: string) => ({
      name,
      filters: [{ transform: [{ set: { by: name } }] }],
      sender: { type: 'topic', topic: 'all' },
    });
    const { send } = await startRoute({
      topics: ['all'],
      receivers: [
        { name: 'in', type: 'webhook', routes: [mark('one'), mark('two')] },
        { name: 'all', type: 'topic', topic: 'all', routes: [{ name: 'r', sender: { type: 'http', url: sink.url } }] },
      ],
    });

    await send('/hooks/in', { n: 1 }, 'the-id');
    await eventually(() => sink.bodies()).toHaveLength(2);

    expect(sink.bodies()).toEqual([{ n: 1, by: 'one' }, { n: 1, by: 'two' }]); // prettier-ignore
    expect(sink.received.map(({ headers }) => headers['idempotency-key'])).toEqual(['the-id', 'the-id']);
  });

  it('answers after all routes have settled an event where a webhook is set up so, and only the failed ones get it again', async () => {
    const [good, bad] = [await httpSink(), await httpSink()];
    bad.answer(400);
    const { ask } = await startRoute({
      receivers: [
        {
          name: 'in',
          type: 'webhook',
          answer: 'settled',
          routes: [good, bad].map(({ url }, i) => ({ name: `r${i}`, sender: { type: 'http', url } })),
        },
      ],
    });

    const first = await ask('POST', '/hooks/in', { n: 1 }, { 'idempotency-key': 'e1' });
    bad.answer(204);
    const second = await ask('POST', '/hooks/in', { n: 1 }, { 'idempotency-key': 'e1' });

    expect(first).toMatchObject({ status: 502, body: { code: 'not_delivered' } });
    expect(second).toMatchObject({ status: 202, body: { id: 'e1' } });
    expect([good.bodies().length, bad.bodies().length]).toEqual([1, 2]);
  });

  it('R3 R5 answers 503 where a route has no room, and gives an event that comes again to that route alone', async () => {
    const [good, slow] = [await httpSink(), await httpSink()];
    slow.answer(undefined);
    const { ask, route } = await startRoute({
      receivers: [
        {
          name: 'in',
          type: 'webhook',
          routes: [
            { name: 'good', sender: { type: 'http', url: good.url } },
            { name: 'slow', bufferSize: 2, sender: { type: 'http', url: slow.url } },
          ],
        },
      ],
    });
    const send = (n: number) => ask('POST', '/hooks/in', { n }, { 'idempotency-key': `e${n}` });

    const statuses = [];
    for (const n of [0, 1, 2, 3]) statuses.push((await send(n)).status);
    await eventually(async () => (await route('in', 'good')).outcomes.succeeded).toBe(4);
    const refused = await send(3);
    slow.answer(204);
    await eventually(async () => (await route('in', 'slow')).depth).toBe(0);
    const again = await send(3);
    await eventually(() => slow.bodies()).toEqual([0, 1, 2, 3].map((n) => ({ n })));

    expect(statuses).toEqual([202, 202, 202, 503]);
    expect(refused).toMatchObject({ status: 503, body: { code: 'not_now' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(again.status).toBe(202);
    expect(good.bodies()).toEqual([0, 1, 2, 3].map((n) => ({ n })));
    expect((await route('in', 'slow')).outcomes).toMatchObject({ succeeded: 4, refused: 2 });
  });

  it('leaves out lines of a file that cannot be read, says so, and goes on', async () => {
    const { folder, terminal, route } = await startRoute({
      receivers: [
        {
          name: 'in',
          type: 'file',
          path: 'in.jsonl',
          from: 'start',
          pollMs: 20,
          maxLineBytes: 50,
          routes: [{ name: 'r', sender: { type: 'log' } }],
        },
      ],
    });

    await appendFile(join(folder, 'in.jsonl'), `{"n":1}\nnot JSON\n"${'x'.repeat(100)}"\n{"n":2}\n`);
    await eventually(async () => (await route('in', 'r')).outcomes.succeeded).toBe(2);

    expect(terminal.err().match(/warn an event could not be read reason=/g)).toHaveLength(2);
  });

  it('keeps tenants apart: each has its receiver, its rate and its token', async () => {
    const sink = await httpSink();
    const { ask } = await startRoute({
      tenants: [{ name: 'small', perSecond: 1, burst: 2, maxDelayMs: 0 }],
      receivers: [
        {
          name: 'in',
          type: 'webhook',
          token: 'let-me-in',
          tenants: ['small', 'large'],
          tenantHeader: 'x-tenant',
          routes: [{ name: 'r', sender: { type: 'http', url: sink.url } }],
        },
      ],
    });
    const send = (tenant: string, token = 'let-me-in') =>
      ask('POST', '/hooks/in', { tenant }, { 'x-tenant': tenant, authorization: `Bearer ${token}` });

    expect(await send('large', 'wrong')).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(await send('other')).toMatchObject({ status: 403, body: { code: 'unknown_tenant' } });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await send('small')).status, (await send('large')).status);
    const refused = await send('small');

    expect(statuses).toEqual([202, 202, 202, 202, 429, 202]);
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await eventually(() => sink.bodies().filter(({ tenant }) => tenant === 'large')).toHaveLength(3);
    expect(sink.bodies().filter(({ tenant }) => tenant === 'small')).toHaveLength(2);
  });

  it('shares one receiver among entries of the same settings', async () => {
    const { ask, send, route } = await startRoute({
      receivers: ['a', 'b'].map((name) => ({
        name: 'in',
        type: 'webhook',
        routes: [{ name, sender: { type: 'log' } }],
      })),
    });

    expect(await send('/hooks/in', 1)).toBe(202);
    const { body } = await ask('GET', '/v1/receivers');

    expect(body.receivers).toMatchObject([{ id: 'default/in', holders: 2, events: { received: 1 } }]);
    for (const name of ['a', 'b']) expect((await route('in', name)).outcomes.succeeded, name).toBe(1);
  });
});
