import * as fc from 'fast-check';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { raw } from '../../support/raw.ts';
import { runs } from '../../support/seed.ts';
import { startApp } from './support/startApp.ts';
import { said, startObserver, TARGET, type RunningObserver } from './support/startObserver.ts';

const GOOD = { id: 'a', qmgr: 'QM1', queue: 'APP.Q', notify: TARGET };
const JSON_TYPE = 'content-type: application/json';
const FORM_TYPE = 'content-type: application/x-www-form-urlencoded';

let server: RunningObserver;
let closed: RunningObserver;
beforeAll(async () => {
  [server, closed] = await Promise.all([
    startObserver(),
    startObserver({ OBSERVER_API_KEYS: 'a:key-of-a-0123456789' }),
  ]);
});

const post = (body: string | Uint8Array, ...headers: string[]) =>
  server.raw(['POST /register HTTP/1.1', ...headers].join('\r\n'), body);
const kept = async () => (await server.ask('GET', '/register?pageSize=1000')).body.items as { id: string }[];
/** Nothing was registered, and no prototype was reached. */
const expectUntouched = async () => {
  expect(await kept()).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
};

describe('bodies of POST /register', () => {
  it.each([
    ['B1 without a type', JSON.stringify(GOOD), [], 415, 'unsupported_media_type'],
    ['B2 as text/plain', JSON.stringify(GOOD), ['content-type: text/plain'], 415, 'unsupported_media_type'],
    ['B2 as multipart', 'x', ['content-type: multipart/form-data; boundary=x'], 415, 'unsupported_media_type'],
    ['B3 that end early', '{"id":', [JSON_TYPE], 400, 'invalid_json'],
    ['B3 of two values', '{} {}', [JSON_TYPE], 400, 'invalid_json'],
    ['B3 with a byte order mark', `\ufeff${JSON.stringify(GOOD)}`, [JSON_TYPE], 400, 'invalid_json'],
    ['B3 in UTF-16', Buffer.from(JSON.stringify(GOOD), 'utf16le'), [JSON_TYPE], 400, 'invalid_json'],
    ['B3 with a comma at the end', '{"id":"a",}', [JSON_TYPE], 400, 'invalid_json'],
    ['B3 with NaN', '{"minDepth":NaN}', [JSON_TYPE], 400, 'invalid_json'],
    ['B4 that are a list', '[]', [JSON_TYPE], 400, 'invalid_body'],
    ['B4 that are a text', '"x"', [JSON_TYPE], 400, 'invalid_body'],
    ['B4 that are null', 'null', [JSON_TYPE], 400, 'invalid_body'],
    ['B4 that are a number', '1', [JSON_TYPE], 400, 'invalid_body'],
    ['B5 with __proto__', '{"__proto__":{"admin":true},"qmgr":"QM1"}', [JSON_TYPE], 400, 'forbidden_key'],
    ['B5 with constructor.prototype', '{"constructor":{"prototype":{"admin":1}}}', [JSON_TYPE], 400, 'forbidden_key'],
    ['B5 with a field nobody reads', JSON.stringify({ ...GOOD, owner: 'b' }), [JSON_TYPE], 400, 'unknown_field'],
    ['B6 with a key in two cases', '{"qmgr":"A","QMGR":"B","queue":"Q"}', [JSON_TYPE], 400, 'repeated_field'],
    ['B7 with 65 levels', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, [JSON_TYPE], 400, 'too_deep'],
    ['B7 with 5 000 levels', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, [JSON_TYPE], 400, 'too_deep'],
    ['B7 with 100 000 levels', '['.repeat(100_000), [JSON_TYPE], 413, 'body_too_large'],
    ['B8 of 64 KiB and one byte', 'x'.repeat(65_537), [JSON_TYPE], 413, 'body_too_large'],
    [
      'B9 compressed',
      gzipSync(JSON.stringify(GOOD)),
      [JSON_TYPE, 'content-encoding: gzip'],
      415,
      'unsupported_encoding',
    ],
    ['B9 a compressed form', gzipSync('ID=a'), [FORM_TYPE, 'content-encoding: gzip'], 415, 'unsupported_encoding'],
    ['B20 a form of 10 000 fields', 'a=1&'.repeat(10_000), [FORM_TYPE], 400, 'too_many_fields'],
    ['B20 a form that reaches for a prototype', 'a[__proto__]=1', [FORM_TYPE], 400, 'unknown_field'],
    ['B20 a form with __proto__', '__proto__=1&QMGR=QM1', [FORM_TYPE], 400, 'unknown_field'],
    ['a form with one field twice', 'QMGR=A&QMGR=B', [FORM_TYPE], 400, 'repeated_field'],
    ['a form that is no UTF-8', 'QMGR=%ff', [FORM_TYPE], 400, 'invalid_form'],
  ] as const)('H1 H7 %s are refused', async (_, body, headers, status, code) => {
    expect(said(await post(body, ...headers))).toEqual({ status, code });
    await expectUntouched();
  });

  it('B6 with one key twice mean the last one, as JSON.parse has it', async () => {
    const answer = await post(`{"qmgr":"A","qmgr":"B","id":"twice","queue":"Q","notify":"${TARGET}"}`, JSON_TYPE);

    expect(answer).toContain('"qmgr":"B"');
    await server.ask('DELETE', '/register', { id: 'twice' });
  });

  it('B8 H2 declared as 10 GB are refused at once', async () => {
    const head = 'POST /register HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10000000000\r\n\r\n';
    expect(said(await raw(server.port, head))).toEqual({ status: 413, code: 'body_too_large' });
  });

  it('B8 H3 in pieces without an end are given up', async () => {
    const { serve } = await startApp();
    const { port } = await serve({ requestMs: 100, headersMs: 100 });
    const head = `POST /register HTTP/1.1\r\nhost: 127.0.0.1\r\n${JSON_TYPE}\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"id"\r\n`;

    expect(said(await raw(port, head)).status).toBe(408);
  });

  it('B10 with a queue outside the alphabet are refused, whatever it is', async () => {
    const names = [
      ...[
        'A?B',
        'A#B',
        'A B',
        'A\r\nB',
        'A\u0000B',
        'A\u202eB',
        'A\\B',
        'A"B',
        'Ä',
        '‮A',
        'A&B=1',
        'A;B',
        "A'B",
        '<A>',
        '{A}',
      ],
      'A'.repeat(10_000),
    ];
    for (const queue of names) {
      const { status, body } = await server.ask('POST', '/register', { ...GOOD, queue });
      expect([status, body.code], queue.slice(0, 20)).toEqual([400, 'invalid_registration']);
      expect(JSON.stringify(body).length).toBeLessThan(500);
    }
    await expectUntouched();
  });
});

describe('methods and paths', () => {
  it.each(['PUT', 'PATCH', 'TRACE', 'OPTIONS', 'CONNECT', 'HEAD'])(
    'B13 %s on /register is refused, or says nothing',
    async (method) => {
      const answer = await server.raw(`${method} /register HTTP/1.1`);

      if (method === 'HEAD') expect(said(answer).status).toBe(200);
      else {
        expect(said(answer)).toEqual({ status: 405, code: 'method_not_allowed' });
        expect(answer).toMatch(/^allow: .*POST/im);
      }
    },
  );

  it.each([
    ['/', [404]],
    ['//register', [404]],
    ['/register/', [404]],
    ['/register;a=1', [404]],
    ['/REGISTER', [404]],
    ['/%72egister', [401, 404]],
    ['/x/../register', [401, 404]],
    ['/%2e/register', [401, 404]],
    ['/./admin/../register', [401, 404]],
    ['http://127.0.0.1/register', [401, 421]],
    ['http://evil.example/register', [421]],
  ])('B14 the target %s is none, or needs the same key', async (path, statuses) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const { status } = said(await closed.raw(`${method} ${path} HTTP/1.1`));
      expect([...statuses, 405], `${method} ${path}`).toContain(status);
    }
  });

  it.each([
    ['two lengths', 'POST /register HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST /register HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a bare line feed', 'GET /register HTTP/1.1\nhost: a\r\n\r\n'],
    ['no host', 'GET /register HTTP/1.1\r\n\r\n'],
    ['two hosts', 'GET /register HTTP/1.1\r\nhost: 127.0.0.1\r\nhost: evil.example\r\n\r\n'],
    ['a space before a colon', 'GET /register HTTP/1.1\r\nhost : a\r\n\r\n'],
  ])('B15 a request with %s is refused, and the connection closed', async (_, bytes) => {
    expect(said(await raw(server.port, bytes))).toEqual({ status: 400, code: 'malformed_request' });
  });

  it('B18 answers 100 requests that come at once, in their order', async () => {
    const one = (id: number) => {
      const body = JSON.stringify({ ...GOOD, id: `p${id}` });
      return `POST /register HTTP/1.1\r\nhost: 127.0.0.1\r\n${JSON_TYPE}\r\ncontent-length: ${body.length}\r\n${id === 99 ? 'connection: close\r\n' : ''}\r\n${body}`;
    };
    const answer = await raw(server.port, Array.from({ length: 100 }, (_, id) => one(id)).join(''));

    expect([...answer.matchAll(/"id":"p(\d+)"/g)].map(([, id]) => Number(id))).toEqual(
      Array.from({ length: 100 }, (_, id) => id),
    );
    for (const { id } of await kept()) await server.ask('DELETE', '/register', { id });
  });

  it('B18 does not become a WebSocket', async () => {
    const upgrade = 'upgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13';
    const head = `GET /register HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: upgrade\r\n${upgrade}\r\n\r\n`;

    expect([400, 426]).toContain(said(await raw(server.port, head)).status);
  });

  it('B21 takes nothing from a page of another site, where no key is needed', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const answer = await server.form('POST', '/register', `ID=x&QMGR=QM1&QUEUE=Q&NOTIFY=${TARGET}`, headers);
      expect([answer.status, answer.body.code]).toEqual([403, 'cross_site']);
    }
    await expectUntouched();
  });

  it('B22 answers to no name of somebody else that leads here', async () => {
    const answer = await raw(server.port, 'GET /register HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n');
    expect(said(answer)).toEqual({ status: 421, code: 'misdirected_request' });
  });
});

describe('connections', () => {
  it('B16 B17 H3 of 1 000 that send a byte now and then, or nothing, end, and the others are served meanwhile', async () => {
    const { serve, failures } = await startApp();
    const { port, url } = await serve({ headersMs: 200, connections: 1_100 });
    const ends: Promise<string>[] = [];
    const sockets: Socket[] = [];
    for (let n = 0; n < 1_000; n++) {
      const socket = connect({ port, host: '127.0.0.1' });
      sockets.push(socket);
      ends.push(
        new Promise((resolve) => {
          let text = '';
          socket.on('data', (data) => (text += String(data)));
          socket.on('error', () => undefined);
          socket.on('close', () => resolve(text));
        }),
      );
      if (n % 10 > 0) socket.write('G');
    }
    const drip = setInterval(() => {
      for (const [n, socket] of sockets.entries()) if (n % 10 > 0 && socket.writable) socket.write('E');
    }, 100);
    const from = performance.now();
    const served = await Promise.all(
      Array.from({ length: 20 }, () => fetch(`${url}register`).then(({ status }) => status)),
    );
    const servedMs = performance.now() - from;
    const answers = await Promise.all(ends);
    clearInterval(drip);

    expect(served).toEqual(Array.from({ length: 20 }, () => 200));
    expect(servedMs).toBeLessThan(3_000);
    expect(answers.filter((text) => text !== '' && said(text).status !== 408 && said(text).status !== 400)).toEqual([]);
    expect(failures).toEqual([]);
  });
});

const formOf = (data: Record<string, unknown>) =>
  new URLSearchParams(
    Object.entries(data).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  ).toString();

describe('whatever comes', () => {
  it('H1 H7 is answered once, with a problem, and never as a fault of ours', async () => {
    const { app, failures } = await startApp();
    const fields = fc.dictionary(
      fc.oneof(fc.constantFrom('ID', 'qmgr', 'Queue', 'notify', '__proto__', 'constructor', 'min_depth'), fc.string()),
      fc.oneof(fc.string(), fc.jsonValue(), fc.constantFrom('QM1', TARGET)),
    );
    const body = fc.oneof(
      fields.map((data) => JSON.stringify(data)),
      fields.map((data) => formOf(data)),
      fc.string({ unit: 'binary' }),
    );
    const type = fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'text/plain',
      'application/json; charset=x',
    );
    const path = fc.oneof(
      fc.constantFrom('/register', '/notify', '/admin/flush', '/metrics'),
      fc.webPath(),
      fc.string(),
    );
    const query = fc.oneof(
      fc.constant(''),
      fc.webQueryParameters().map((text) => `?${text}`),
      fc.constant('?ID=%'),
    );
    const method = fc.constantFrom('POST', 'DELETE', 'GET', 'PUT');

    await fc.assert(
      fc.asyncProperty(method, path, query, type, body, async (verb, where, asked, declared, text) => {
        const address = `http://127.0.0.1${where.startsWith('/') ? where : `/${where}`}${asked}`;
        if (!URL.canParse(address)) return;
        const init = verb === 'GET' ? {} : { body: text, headers: { 'content-type': declared } };
        const answer = await app.fetch(new Request(address, { method: verb, ...init }));
        expect(answer.status).toBeLessThan(500);
        const said: unknown = await answer.text().then((whole) => JSON.parse(whole));
        if (answer.status >= 400)
          expect(said).toMatchObject({ status: answer.status, code: expect.stringMatching(/^\w+$/) });
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      runs(500),
    );
    expect(failures).toEqual([]);
  });
});
