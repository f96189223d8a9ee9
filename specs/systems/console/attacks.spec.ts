import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { LiveView } from '../../../lib/contracts/liveView.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { snapshot } from '../../../lib/core/inspection/snapshot.ts';
import { raw } from '../../support/raw.ts';
import { eventually } from '../routing/support/eventually.ts';
import { startUp } from './support/startUp.ts';

const MOST_BYTES = 64 * 1024;

describe('queries of the console', () => {
  it.each([
    ['/v1/console/live?limit=0', 'invalid_limit'],
    ['/v1/console/live?limit=201', 'invalid_limit'],
    ['/v1/console/live?limit=1e2', 'invalid_limit'],
    ['/v1/console/live?limit=1&limit=2', 'repeated_parameter'],
    ['/v1/console/live?within=-1', 'invalid_node'],
    ['/v1/console/live?within=x', 'invalid_node'],
    [`/v1/console/live?within=${'9'.repeat(400)}`, 'invalid_node'],
    [`/v1/console/live?name=${'x'.repeat(257)}`, 'invalid_name'],
    ['/v1/console/live?kind=', 'invalid_kind'],
    [`/v1/console/live?kind=${'x'.repeat(129)}`, 'invalid_kind'],
    [`/v1/console/live?${'kind=a&'.repeat(33)}`, 'invalid_kind'],
    ['/v1/console/live?__proto__=1', 'unknown_parameter'],
    ['/v1/console/live?name=%ff', 'malformed_query'],
    ['/v1/console/snapshot?format=toString', 'invalid_format'],
    ['/v1/console/snapshot?format=__proto__', 'invalid_format'],
    ['/v1/console/explanation', 'invalid_node'],
    ['/v1/console/explanation?node=1.5', 'invalid_node'],
    ['/v1/console/parts?x=1', 'unknown_parameter'],
    ['/v1/demo?x=1', 'unknown_parameter'],
    ['/v1/deadletters?pageToken=x', 'invalid_page_token'],
    ['/v1/deadletters?pageSize=x', 'invalid_page_size'],
  ])('%s is refused', async (path, code) => {
    const { ask } = await startUp({ console: { demo: true } });
    const { status, body } = await ask('GET', path);
    expect([status, body.code]).toEqual([400, code]);
  });

  it('of a hundred kilobytes ends with an answer of a client error', async () => {
    const { port, ask } = await startUp();
    const line = `GET /v1/console/live?name=${'x'.repeat(100_000)} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`;
    expect(await raw(port, line)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await ask('GET', '/v1/console/parts')).status).toBe(200);
  });
});

describe('patches of the demo', () => {
  it('are refused where anything of them is wrong, and change nothing then', async () => {
    const { ask } = await startUp({ console: { demo: true } });
    const before = (await ask('GET', '/v1/demo')).body;
    const good = { web: { perSecond: 5 } };
    const bad: readonly unknown[] = [
      [],
      null,
      'text',
      { sources: [] },
      { sources: null },
      { other: {} },
      { sources: { ...good, other: {} } },
      { sources: { ...good, constructor: {} } },
      { sources: { ...good, shop: { perSecond: 1_001 } } },
      { sources: { ...good, shop: { perSecond: -1 } } },
      { sources: { ...good, shop: { perSecond: '1' } } },
      { sources: { ...good, shop: { perSecond: null } } },
      { sources: { ...good, shop: { running: 1 } } },
      { sources: { ...good, shop: { name: 'x' } } },
      { sources: good, subscribers: { mail: { delayMs: 60_001 } } },
      { sources: good, subscribers: { mail: { throws: 'yes' } } },
      { sources: good, subscribers: { mail: { concurrency: 9 } } },
      { sources: good, subscribers: { toString: {} } },
    ];
    for (const body of bad) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const { status, body: problem } = await ask('PATCH', '/v1/demo', text);
      expect([status, problem.code], text).toEqual([400, body === 'text' ? 'invalid_json' : 'invalid_body']);
    }
    const reaching = await ask('PATCH', '/v1/demo', '{"sources":{"__proto__":{"running":false}}}');
    expect([reaching.status, reaching.body.code]).toEqual([400, 'forbidden_key']);
    const infinite = await ask('PATCH', '/v1/demo', '{"sources":{"web":{"perSecond":1e999}}}');
    expect(infinite.status).toBe(400);
    expect((await ask('GET', '/v1/demo')).body).toEqual(before);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('must be JSON, so that no page of another site can send one unasked', async () => {
    const { ask } = await startUp({ console: { demo: true } });
    const plain = { 'content-type': 'text/plain' };
    const sent = await Promise.all([
      ask('PATCH', '/v1/demo', '{}', plain),
      ask('POST', '/v1/demo/reset', '{}', plain),
      ask('POST', '/v1/deadletters/redrive', '{"kind":"queue","name":"x"}', plain),
    ]);
    expect(sent.map(({ status }) => status)).toEqual([415, 415, 415]);
  });
});

describe('who may look', () => {
  const PATHS = [
    ...['/v1/console/parts', '/v1/console/live', '/v1/console/snapshot', '/v1/console/explanation?node=1'],
    ...['/v1/demo', '/v1/deadletters'],
  ];

  it('is whoever has the admin token, where there is one', async () => {
    const { ask, live } = await startUp({ adminToken: 'secret-1', console: { demo: true } });
    for (const path of PATHS) {
      for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'Basic secret-1' }]) {
        const { status, body } = await ask('GET', path, undefined, headers);
        expect([path, status, body.code]).toEqual([path, 401, 'unauthorized']);
      }
    }
    const client = await live('', { authorization: 'Bearer secret-1' });
    expect((await client.next())!.event).toBe('graph');
    client.leave();
  });

  it('is nobody where there is none and the server listens for others', async () => {
    const { ask } = await startUp({ console: { demo: true } }, { host: '0.0.0.0' });
    for (const path of PATHS) {
      const { status, body } = await ask('GET', path);
      expect([path, status, body.code]).toEqual([path, 403, 'admin_closed']);
    }
  });
});

describe('clients of the live stream', () => {
  it('are sixteen at most; one more is told when to come again, and has the place of one that left', async () => {
    const { live, ask } = await startUp();
    const clients = await Promise.all(Array.from({ length: 16 }, () => live()));
    await Promise.all(clients.map((client) => client.next()));
    const refused = await ask('GET', '/v1/console/live');
    expect([refused.status, refused.body.code]).toEqual([503, 'too_many_clients']);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await ask('GET', '/v1/console/parts')).status).toBe(200);
    clients[0]!.leave();
    await eventually(async () => {
      const again = await live();
      if (again.response.status !== 200) return again.response.status;
      return (await again.next())!.event;
    }).toBe('graph');
  });

  it('are no pages of other sites, which could take all places', async () => {
    const port = (await startUp()).port;
    const head = `GET /v1/console/live HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n`;
    const answer = await raw(port, `${head}sec-fetch-site: cross-site\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain('"code":"cross_site"');
  });

  it('are as many as the configuration says', async () => {
    const { live, ask } = await startUp({ console: { maxClients: 1 } });
    await (await live()).next();
    expect((await ask('GET', '/v1/console/live')).status).toBe(503);
  });

  it('get no event longer than 64 KiB, with names of a hundred kilobytes and of prototypes', async () => {
    const { live, ask } = await startUp();
    const names = ['__proto__', 'constructor', '"'.repeat(100_000), '\u3042'.repeat(100_000), '\u0000\n\r\u2028'];
    const topics = Array.from({ length: 300 }, (_, i) => new Topic({ name: names[i % names.length]! }));
    const client = await live('?limit=200');
    const { event, data } = (await client.next())!;
    expect(event).toBe('graph');
    expect(Buffer.byteLength(`event: graph\ndata: ${data}\n\n`)).toBeLessThanOrEqual(MOST_BYTES);
    const view = JSON.parse(data) as LiveView;
    expect(view.nodes.length).toBeGreaterThan(50);
    expect(view.nodes.length + view.omitted).toBeGreaterThanOrEqual(topics.length);
    expect(view.nodes.map(({ name }) => name)).toContain('__proto__');
    const shown = await ask('GET', '/v1/console/snapshot?format=dot');
    expect(shown.body).not.toMatch(/[\u0000\r\u2028]/); // eslint-disable-line no-control-regex -- it is what must not be there
    expect(Object.keys(Object.prototype)).toEqual([]);
    for (const topic of topics) topic.complete();
  });

  it('that read nothing hold nobody up, and keep one event waiting at most', async () => {
    const { live, port, ask } = await startUp({ console: { demo: true } });
    const socket = connect(port, '127.0.0.1');
    socket.pause();
    socket.write(`GET /v1/console/live HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
    const reader = await live();
    const times: number[] = [];
    for (let n = 0; n < 6; n++) {
      const { data } = (await reader.next())!;
      times.push(JSON.parse(data).time);
    }
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(new Set(times).size).toBe(6);
    expect((await ask('GET', '/v1/console/parts')).status).toBe(200);
    socket.destroy();
  });

  it('are told that the server stops', async () => {
    const { live, stop } = await startUp();
    const client = await live();
    await client.next();
    const ended = stop();
    let last = await client.next();
    for (let next = last; next; next = await client.next()) last = next;
    expect([last!.event, JSON.parse(last!.data)]).toEqual(['end', { reason: 'stopping' }]);
    expect(await ended).toBe(0);
    expect(() => snapshot()).toThrow('no inspection runs');
  });
});
