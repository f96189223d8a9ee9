import { connect } from 'node:net';
import { beforeEach, describe, expect, it } from 'vitest';
import { raw } from '../../support/raw.ts';
import { eventually } from './support/eventually.ts';
import { startRoute, type RunningRoute } from './support/startRoute.ts';

let running: RunningRoute;

beforeEach(async () => {
  running = await startRoute({
    receivers: [{ name: 'in', type: 'webhook', routes: [{ name: 'log', sender: { type: 'log' } }] }],
  });
});

/** Sends a request byte by byte as given, and gives the status and the code of the answer. */
async function sent(head: string, body: string | Buffer = '', path: string | undefined = '/hooks/in'): Promise<string> {
  const start = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n`;
  const bytes = Buffer.concat([Buffer.from(`${start}${head}\r\n`), Buffer.from(body)]);
  const answer = await raw(running.port, bytes);
  return `${/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]} ${/"code":"(\w+)"/.exec(answer)?.[1] ?? ''}`.trim();
}

const json = (body: string | Buffer, more = '') =>
  sent(`content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${more}`, body);

/** Nothing came in, and the server still answers. */
async function expectUnharmed(received = 0): Promise<void> {
  const { status, body } = await running.ask('GET', '/v1/receivers');
  expect({ status, received: body.receivers[0].events.received }).toEqual({ status: 200, received });
}

describe('hostile events', () => {
  it.each([
    ['too large', '413 body_too_large', JSON.stringify('x'.repeat(70_000))],
    ['not JSON', '400 invalid_json', '{"a":'],
    ['two values', '400 invalid_json', '{} {}'],
    ['empty', '400 invalid_json', ''],
    ['not UTF-8', '400 invalid_json', Buffer.from([0x22, 0xff, 0x22])],
    ['nested 20 000 deep', '400 too_deep', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
    ['__proto__', '400 forbidden_key', '{"a":[{"__proto__":{"admin":true}}]}'],
    ['constructor.prototype', '400 forbidden_key', '{"constructor":{"prototype":{"admin":true}}}'],
  ])('%s: %s', async (_, expected, body) => {
    expect(await json(body)).toBe(expected);
    await expectUnharmed();
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it.each<[string, string, string, string?]>([
    ['of another type', '415 unsupported_media_type', 'content-type: text/plain\r\ncontent-length: 2\r\n'],
    [
      'of a form',
      '415 unsupported_media_type',
      'content-type: application/x-www-form-urlencoded\r\ncontent-length: 2\r\n',
    ],
    ['without a type', '415 unsupported_media_type', 'content-length: 2\r\n'],
    [
      'compressed',
      '415 unsupported_encoding',
      'content-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n',
    ],
    [
      'with two lengths',
      '400 malformed_request',
      'content-type: application/json\r\ncontent-length: 2\r\ncontent-length: 3\r\n',
    ],
    [
      'with a header flood',
      '431 headers_too_large',
      Array.from({ length: 2_000 }, (_, i) => `x-${i}: ${i}\r\n`).join(''),
    ],
    ['with one long header', '431 headers_too_large', `x-long: ${'x'.repeat(20_000)}\r\n`],
    ['with a key of line ends', '400 malformed_request', 'idempotency-key: a\rb\r\ncontent-length: 2\r\n'],
    [
      'with a key that is too long',
      '400 invalid_idempotency_key',
      `content-type: application/json\r\nidempotency-key: ${'k'.repeat(300)}\r\ncontent-length: 2\r\n`,
    ],
    [
      'for another host',
      '421 misdirected_request',
      'content-type: application/json\r\ncontent-length: 2\r\n',
      'http://evil.example/hooks/in',
    ],
  ])('%s: %s', async (...[, expected, head, path]) => {
    expect(await sent(head, '{}', path)).toBe(expected);
    await expectUnharmed();
  });

  it.each([
    '/hooks/../v1/receivers',
    '/hooks/%2e%2e/v1/receivers',
    '/hooks/in/',
    '/hooks/in/..',
    '/hooks//in',
    '/hooks/IN',
    '/hooks/%69n/x',
    '/hooks/toString',
    '/hooks/__proto__',
  ])('a path that is none: %s', async (path) => {
    expect(await sent('content-type: application/json\r\ncontent-length: 2\r\n', '{}', path)).toMatch(/^40[45] /);
    await expectUnharmed();
  });

  it('a slow body holds its own connection alone', async () => {
    const sockets = Array.from({ length: 50 }, () => connect(running.port, '127.0.0.1'));
    for (const socket of sockets) {
      socket.on('error', () => undefined);
      socket.write(
        'POST /hooks/in HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
      );
    }

    expect(await running.send('/hooks/in', 1)).toBe(202);
    for (const socket of sockets) socket.destroy();
    await expectUnharmed(1);
  });

  it('a client that leaves in the middle leaves nothing behind', async () => {
    for (let i = 0; i < 20; i++) {
      const socket = connect(running.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await new Promise<void>((resolve) => socket.once('connect', resolve));
      socket.write(
        'POST /hooks/in HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
      );
      socket.resetAndDestroy();
    }
    await expectUnharmed();
    expect(running.terminal.err()).not.toContain('error');
  });

  it('nothing in an event passes for a line of the log, or steers the terminal', async () => {
    const payload = { text: 'a\r\n2026-01-01T00:00:00.000Z error forged\u001b[2J\u2028\u202e\u0085', 'k\ny': 1 };
    const before = running.terminal.err().split('\n').length;

    expect(await running.send('/hooks/in', payload)).toBe(202);
    await eventually(() => running.terminal.err().split('\n').length).toBe(before + 1);
    const [line] = running.terminal.err().split('\n').slice(-2);

    expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/); // eslint-disable-line no-control-regex -- what it is about
    expect(JSON.parse(line!.slice(line!.indexOf('{'))).payload).toEqual(payload);
  });

  it('a URL in an event is a text, and asked for by nobody', async () => {
    expect(await running.send('/hooks/in', { url: 'http://169.254.169.254/', sender: { type: 'http' } })).toBe(202);
    await expectUnharmed(1);
  });
});

describe('hostile changes', () => {
  const route = (body: unknown) => running.ask('POST', '/v1/receivers/in/routes', body);

  it.each([
    [[]],
    ['text'],
    [null],
    [{ name: 'x' }],
    [{ name: '../x', sender: { type: 'log' } }],
    [{ name: 'x\r\nset-cookie: a', sender: { type: 'log' } }],
    [{ name: 'x', sender: { type: 'log' }, concurrency: 1e9 }],
    [{ name: 'x', sender: { type: 'log' }, bufferSize: -1 }],
    [{ name: 'x', sender: { type: 'log' }, bufferSize: 1.5 }],
    [{ name: 'x', sender: { type: 'log' }, filters: [{ transform: [{ set: { 'constructor.prototype.x': 1 } }] }] }],
    [{ name: 'x', sender: { type: 'log' }, filters: [{ match: { path: 'a', equals: {} } }] }],
    [{ name: 'x', sender: { type: 'log' }, filters: [{ batch: { size: 5 } }], concurrency: 1 }],
    [{ name: 'x', sender: { type: 'constructor' } }],
  ])('a route that cannot be meant: %j', async (body) => {
    expect(await route(body)).toMatchObject({ status: 400, body: { code: 'invalid_route' } });
    await expectUnharmed();
  });

  it('of a page of another site are not taken: its types and methods need leave that nobody gives', async () => {
    const plain = 'origin: http://evil.example\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n';
    expect(await sent(plain, '{}', '/v1/receivers/in/routes')).toBe('415 unsupported_media_type');
    expect(await sent(plain, '{}', '/v1/receivers/in/routes/log/redrive')).toBe('415 unsupported_media_type');
    const preflight = await raw(
      running.port,
      'OPTIONS /v1/receivers/in/routes/log HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\norigin: http://evil.example\r\naccess-control-request-method: DELETE\r\n\r\n',
    );
    expect(preflight).toMatch(/^HTTP\/1.1 405 /);
    expect(preflight.toLowerCase()).not.toContain('access-control-allow');
  });

  it.each([
    ['PUT', '/v1/receivers'],
    ['POST', '/v1/alerts'],
    ['GET', '/v1/receivers/in/routes'],
    ['GET', '/hooks/in'],
    ['DELETE', '/hooks/in'],
  ])('a method that is not there: %s %s', async (method, path) => {
    const { status, headers } = await running.ask(method, path);
    expect(status).toBe(405);
    expect(headers.get('allow')).not.toBeNull();
  });

  it.each(['pageSize=x', 'pageToken=x', 'pageToken=', 'colour=red', 'pageSize=1&pageSize=2'])('?%s', async (query) => {
    const { status, body } = await running.ask('GET', `/v1/receivers?${query}`);
    if (query === 'pageToken=') expect(status).toBe(200);
    else expect({ status, type: typeof body.code }).toEqual({ status: 400, type: 'string' });
  });
});
