import { connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raw } from '../../support/raw.ts';
import { startJobs, testKinds, type TestJobs, type TestKinds } from '../../support/jobs.ts';

let server: TestJobs;
let test: TestKinds;
const failures: unknown[] = [];

beforeAll(async () => {
  test = testKinds();
  server = await startJobs({ kinds: test.kinds, onError: (failure: unknown) => failures.push(failure) });
});
afterAll(async () => {
  await server.jobs.stop({ mode: 'abort', deadlineMs: 1_000 });
  await server.stop({ deadlineMs: 0 });
});

const post = (body: string | Buffer, headers: Record<string, string> = {}, path = '/v1/jobs/echo') => {
  const all = { host: 'localhost', connection: 'close', 'content-type': 'application/json', ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${path} HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return raw(server.port, Buffer.concat([Buffer.from(head), Buffer.from(body)]));
};
const get = (path: string) => raw(server.port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
const said = (answer: string) => ({
  status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]),
  code: /"code":"(\w+)"/.exec(answer)?.[1],
});

describe('bodies', () => {
  it.each([
    ['nothing', '', 400, 'invalid_json'],
    ['no JSON', 'to=3', 400, 'invalid_json'],
    ['half of it', '{"to":', 400, 'invalid_json'],
    ['two values', '{} {}', 400, 'invalid_json'],
    ['a NUL', '\u0000', 400, 'invalid_json'],
    ['no UTF-8', Buffer.of(0x22, 0xff, 0xfe, 0x22), 400, 'invalid_json'],
    ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`, 400, 'too_deep'],
    ['30 000 levels', `${'['.repeat(30_000)}${']'.repeat(30_000)}`, 400, 'too_deep'],
    ['__proto__', '{"__proto__":{"polluted":1}}', 400, 'forbidden_key'],
    ['__proto__ below', '{"a":[{"__proto__":null}]}', 400, 'forbidden_key'],
    ['constructor.prototype', '{"constructor":{"prototype":{"polluted":1}}}', 400, 'forbidden_key'],
    ['more than 64 KiB', JSON.stringify('x'.repeat(70_000)), 413, 'body_too_large'],
  ])('H1 H7 with %s are refused', async (_, body, status, code) => {
    expect(said(await post(body))).toEqual({ status, code });

    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([
    [{ 'content-type': 'text/plain' }, 'unsupported_media_type'],
    [{ 'content-type': '' }, 'unsupported_media_type'],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, 'unsupported_media_type'],
    [{ 'content-type': 'multipart/form-data; boundary=x' }, 'unsupported_media_type'],
    [{ 'content-type': 'application/json; charset=utf-16' }, 'unsupported_media_type'],
    [{ 'content-encoding': 'gzip' }, 'unsupported_encoding'],
  ])('with %j are refused: what a page of another site can send starts nothing', async (headers, code) => {
    expect(said(await post('{}', headers))).toEqual({ status: 415, code });
  });

  it('that come in pieces beyond the limit are cut off', async () => {
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    const head =
      'POST /v1/jobs/echo HTTP/1.1\r\nHost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';

    expect(said(await raw(server.port, head + chunk.repeat(8) + '0\r\n\r\n'))).toEqual({
      status: 413,
      code: 'body_too_large',
    });
  });

  it('start no job when they are refused', async () => {
    expect((await server.get('/v1/jobs')).body.items).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    ['__proto__'],
    ['constructor'],
    ['toString'],
    ['..'],
    ['%2e%2e'],
    ['%00'],
    ['%F0%9F'],
    ['echo%2f'],
    ['echo/x'],
    ['ECHO'],
    [' echo'],
    ['x'.repeat(8_000)],
  ])('of kinds such as %j are none', async (kind) => {
    const { status, code } = said(await post('{}', {}, `/v1/jobs/${kind}`));

    expect([400, 404, 405]).toContain(status);
    expect(['unknown_kind', 'not_found', 'method_not_allowed', 'malformed_request']).toContain(code);
  });

  it('of kinds are cut short in the answer', async () => {
    const answer = await post('{}', {}, `/v1/jobs/${'x'.repeat(8_000)}`);

    expect(answer.length).toBeLessThan(1_500);
  });

  it.each([
    ['__proto__'],
    ['constructor'],
    ['%2e%2e%2fetc%2fpasswd'],
    ['%00'],
    ['%'],
    ['%zz'],
    ['null'],
    ['0'],
    ['A'.repeat(22)],
    ['A'.repeat(8_000)],
    ['a?b=c'],
  ])('of jobs such as %j are none', async (token) => {
    for (const path of [`/v1/jobs/${token}`, `/v1/jobs/${token}/events`]) {
      const { status } = said(await get(path));
      expect([400, 404]).toContain(status);
    }
  });

  it('W2 of jobs cannot be guessed', async () => {
    const token = await server.start('silent');
    const guesses = Array.from({ length: 300 }, () => randomBytes(16).toString('base64url'));
    const near = Array.from('AQgw')
      .map((last) => token.slice(0, -1) + last)
      .filter((guess) => guess !== token);

    for (const guess of [...guesses, ...near, token.toLowerCase() + 'x', `${token}=`, ` ${token}`]) {
      expect(server.jobs.get(guess), guess).toBeUndefined();
    }
  });

  it('with headers beyond the limit are answered 431', async () => {
    expect(said(await get(`/v1/jobs/${'x'.repeat(20_000)}`))).toEqual({ status: 431, code: 'headers_too_large' });
  });
});

describe('methods and paths', () => {
  it.each([
    ['PUT', '/v1/jobs/echo', 405],
    ['PATCH', '/v1/jobs/echo', 405],
    ['OPTIONS', '/v1/jobs/echo', 405],
    ['DELETE', '/v1/jobs', 405],
    ['POST', '/v1/jobs', 405],
    ['DELETE', '/v1/jobs/x/events', 405],
    ['GET', '/v1/jobs/', 404],
    ['GET', '/v1/jobs/x/y', 404],
    ['GET', '/v1/jobs/x/events/y', 404],
    ['GET', '/v1/jobsx', 404],
  ])('%s %s is answered %i', async (method, path, status) => {
    const answer = await raw(
      server.port,
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\ncontent-length: 0\r\n\r\n`,
    );

    expect(said(answer).status).toBe(status);
    expect(answer).toContain('application/problem+json');
    if (status === 405) expect(answer).toMatch(/^allow: [A-Z]/im);
  });

  it('another host name is refused, so that no page can have its name lead here', async () => {
    expect(said(await post('{}', { host: 'evil.example' })).status).toBe(421);
  });
});

describe('connections', () => {
  const half = async (path: string, count: number): Promise<readonly Socket[]> =>
    Promise.all(
      Array.from(
        { length: count },
        () =>
          new Promise<Socket>((resolve, reject) => {
            const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true });
            socket.once('error', reject);
            socket.once('data', () => resolve(socket));
            socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
          }),
      ),
    );

  it('C7 that say they will send no more still follow, and are let go when they leave', async () => {
    const token = await server.start('told');
    const sockets = await half(`/v1/jobs/${token}/events`, 20);
    for (const socket of sockets) socket.end();
    await expect.poll(() => test.running.has(token)).toBe(true);
    for (const socket of sockets) socket.destroy();

    expect((await server.del(`/v1/jobs/${token}`)).body.state).toBe('cancelled');
    expect((await server.ended(token)).state).toBe('cancelled');
  });

  it('C6 are a thousand that follow, each hears the end, and the server answers all the while', async () => {
    const token = await server.start('told');
    const sockets = await half(`/v1/jobs/${token}/events`, 1_000);
    const over = await server.get(`/v1/jobs/${token}/events`);
    let ends = 0;
    for (const socket of sockets) {
      let text = '';
      socket.on('data', (data) => {
        text += String(data);
        if (text.includes('event: end')) {
          ends++;
          socket.destroy();
        }
      });
    }

    expect([over.status, over.body.code]).toEqual([503, 'too_many_followers']);
    test.tell(token).complete();
    await expect.poll(() => ends, { timeout: 10_000 }).toBe(1_000);
    await expect.poll(async () => (await server.follow(token)).response.status).toBe(200);
  });

  it('never made the server fail', () => {
    expect(failures).toEqual([]);
  });
});
