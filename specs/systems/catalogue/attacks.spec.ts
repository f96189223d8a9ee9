import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { aesGcmSealer } from '../../../lib/adapters/node/aesGcmSealer.ts';
import { get, listOf, manyOf, startCatalogue, type Answer, type TestCatalogue } from '../../support/catalogue.ts';
import { raw } from '../../support/raw.ts';

let catalogue: TestCatalogue;
let token: string;
const others: TestCatalogue[] = [];

const start = async (...args: Parameters<typeof startCatalogue>) => {
  const other = await startCatalogue(...args);
  others.push(other);
  return other;
};
const sources = () => [manyOf('helm.packages', 100), manyOf('kapp_controller', 100)];
const page = (query: Record<string, string>, headers?: Record<string, string>) =>
  catalogue.get('/v1/packages', query, headers);
const firstToken = async (of: TestCatalogue, query: Record<string, string> = {}, headers?: Record<string, string>) =>
  (await of.get('/v1/packages', { pageSize: '7', ...query }, headers)).body.nextPageToken as string;

const refused = ({ status, body }: Answer) => ({ status, code: body.code });
const INVALID = { status: 400, code: 'invalid_page_token' };

/** Answers to many requests, some at a time. */
async function all(tokens: readonly string[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < tokens.length; i += 32) {
    answers.push(...(await Promise.all(tokens.slice(i, i + 32).map((pageToken) => page({ pageToken })))));
  }
  return answers;
}

beforeAll(async () => {
  catalogue = await startCatalogue(sources());
  token = await firstToken(catalogue);
});

afterAll(() => catalogue.stop({ deadlineMs: 0 }));
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(others.splice(0).map((other) => other.stop({ deadlineMs: 0 })));
});

describe('page tokens over HTTP', () => {
  it('A1 A2 refuses the plain and the encoded offset token of the systems before, and asks no source', async () => {
    const seed = '{"helm.packages":77,"kapp_controller":13}';
    const before = catalogue.calls();

    for (const pageToken of [seed, Buffer.from(seed).toString('base64'), Buffer.from(seed).toString('base64url')]) {
      expect(refused(await page({ pageToken })), pageToken).toEqual(INVALID);
    }
    expect(catalogue.calls()).toBe(before);
  });

  it('A3 refuses a token with any one bit changed, and asks no source', async () => {
    const bytes = Buffer.from(token, 'base64url');
    const changed = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const copy = Buffer.from(bytes);
      copy[bit >> 3]! ^= 1 << (bit & 7);
      return copy.toString('base64url');
    });
    const before = catalogue.calls();

    const answers = await all(changed);

    expect(new Set(answers.map((answer) => JSON.stringify(answer.body)))).toEqual(
      new Set([
        JSON.stringify({
          type: 'about:blank',
          title: 'Bad Request',
          status: 400,
          code: 'invalid_page_token',
          detail: 'the page token is not valid; start again without one',
        }),
      ]),
    );
    expect(catalogue.calls()).toBe(before);
  });

  it('A4 takes one spelling of a token only', async () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const sameBytes = Array.from(alphabet)
      .map((last) => token.slice(0, -1) + last)
      .filter((other) => other !== token && Buffer.from(other, 'base64url').equals(Buffer.from(token, 'base64url')));
    const decorated = ['=', '==', '\n', ' ', '!', '\u0000'].map((end) => token + end);
    const others = [
      ` ${token}`,
      `${token.slice(0, 9)}\n${token.slice(9)}`,
      token.replaceAll('-', '+').replaceAll('_', '/') + '=',
    ];

    for (const answer of await all([...sameBytes, ...decorated, ...others])) expect(refused(answer)).toEqual(INVALID);
    expect((await page({ pageToken: token })).status).toBe(200);
  });

  it('A5 refuses one made of two', async () => {
    const second = await firstToken(catalogue, { pageSize: '9' });
    const half = Math.floor(token.length / 2);

    expect(refused(await page({ pageToken: token.slice(0, half) + second.slice(half) }))).toEqual(INVALID);
    expect(refused(await page({ pageToken: second.slice(0, half) + token.slice(half) }))).toEqual(INVALID);
  });

  it('A6 K6 refuses the token of one tenant to another in the words of any wrong token', async () => {
    const shared = await start(sources(), { authorize: ({ headers }) => headers.get('x-tenant') ?? undefined });
    const own = await firstToken(shared, {}, { 'x-tenant': 'a' });
    const ask = (tenant: string, pageToken: string) =>
      shared.get('/v1/packages', { pageToken }, { 'x-tenant': tenant });

    const [asB, wrong] = [await ask('b', own), await ask('b', 'wrong')];

    expect(refused(asB)).toEqual(INVALID);
    expect(asB.body).toEqual(wrong.body);
    expect((await ask('a', own)).status).toBe(200);
    expect(await shared.get('/v1/packages', { pageToken: own })).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    });
  });

  it.each([
    ['query', { query: 'number' }],
    ['source', { source: 'helm.packages' }],
  ])('A7 refuses a token with another %s', async (_, other: Record<string, string>) => {
    expect(refused(await page({ ...other, pageToken: token }))).toEqual({ status: 400, code: 'page_token_mismatch' });

    const narrow = await firstToken(catalogue, other);
    expect((await page({ ...other, pageToken: narrow })).status).toBe(200);
    expect(refused(await page({ pageToken: narrow }))).toEqual({ status: 400, code: 'page_token_mismatch' });
  });

  it('A7 takes the same sources in another order, or named twice, for the same', async () => {
    const of = (names: string, pageToken: string) =>
      get(new URL(`/v1/packages?${names}&pageSize=7`, catalogue.url), { pageToken });
    const [both, swapped] = [
      'source=helm.packages&source=kapp_controller',
      'source=kapp_controller&source=helm.packages',
    ];
    const { body } = await of(both, '');

    expect((await of(swapped, body.nextPageToken)).status).toBe(200);
    expect((await of(`${swapped}&source=helm.packages`, body.nextPageToken)).status).toBe(200);
    expect(refused(await of('source=helm.packages', body.nextPageToken)).status).toBe(400);
  });

  it('A8 takes another page size', async () => {
    const { status, body } = await page({ pageSize: '31', pageToken: token });

    expect(status).toBe(200);
    expect(body.items).toHaveLength(31);
  });

  it('A9 tells that a token is too old, or that its key is gone', async () => {
    const brief = await start(sources(), { ttlMs: 60_000 });
    const old = await firstToken(brief);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 62_000 });
    expect(refused(await brief.get('/v1/packages', { pageToken: old }))).toEqual({
      status: 410,
      code: 'page_token_expired',
    });
    vi.useRealTimers();

    const rotated = await start(sources(), {
      sealer: aesGcmSealer({ keys: [{ id: 'k2', secret: 'another secret for specs' }], retiredKeyIds: ['k1'] }),
    });
    expect(refused(await rotated.get('/v1/packages', { pageToken: token }))).toEqual({
      status: 410,
      code: 'page_token_expired',
    });
  });

  it('A10 tells that a source has gone or come since', async () => {
    const fewer = await start(sources().slice(1));
    const more = await start([...sources(), manyOf('new', 1)]);

    for (const other of [fewer, more]) {
      const answer = await other.get('/v1/packages', { pageToken: token });
      expect(refused(answer)).toEqual({ status: 410, code: 'page_token_stale' });
      expect(answer.body.detail).toContain('start again');
      expect(other.calls()).toBe(0);
    }
  });

  it('A11 refuses what is too long before it reads it', async () => {
    const { port } = catalogue;
    const before = catalogue.calls();

    expect(refused(await page({ pageToken: 'A'.repeat(8_193) }))).toEqual(INVALID);
    expect((await page({ pageToken: 'A'.repeat(20_000) })).status).toBe(431);
    const post = `POST /v1/packages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10485760\r\n\r\n`;
    expect(await raw(port, post)).toMatch(/^HTTP\/1\.1 413 /);
    expect(catalogue.calls()).toBe(before);
  });

  it('A12 refuses tokens with any key id', async () => {
    const withKeyId = (id: string) =>
      Buffer.concat([Buffer.of(1, id.length & 0xff), Buffer.from(id), randomBytes(80)]).toString('base64url');

    for (const answer of await all(['__proto__', '..', 'x'.repeat(300), '', 'constructor'].map(withKeyId))) {
      expect(refused(answer)).toEqual(INVALID);
    }
  });

  it('A13 refuses two tokens, and takes an empty one for the first page', async () => {
    const twice = await get(new URL(`/v1/packages?pageToken=${token}&pageToken=${token}`, catalogue.url), {});
    const [empty, absent] = [await page({ pageToken: '' }), await page({})];

    expect(refused(twice)).toEqual({ status: 400, code: 'repeated_parameter' });
    expect(empty.body.items).toEqual(absent.body.items);
  });

  it.each([
    ['-1', 400, 0],
    ['1.5', 400, 0],
    ['1000000000', 200, 200],
    ['NaN', 400, 0],
    ['0x10', 400, 0],
    [' 5', 400, 0],
    ['9007199254740993', 200, 200],
    ['0', 200, 20],
    ['', 400, 0],
  ])('A14 answers page size %j with %i', async (pageSize, status, items) => {
    const answer = await page({ pageSize });

    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body.items).toHaveLength(items);
    else expect(answer.body.code).toBe('invalid_page_size');
  });

  it('A14 cuts page sizes down to the maximum', async () => {
    const small = await start([manyOf('a', 50)], { pageSize: { default: 5, max: 9 } });

    expect((await small.get('/v1/packages', { pageSize: '1000000000' })).body.items).toHaveLength(9);
  });

  it('A15 refuses a flood of random tokens and keeps serving the others', async () => {
    const before = catalogue.calls();
    const flood = all(Array.from({ length: 1_000 }, (_, i) => randomBytes(20 + (i % 300)).toString('base64url')));
    const healthy = Array.from({ length: 20 }, () => page({ pageSize: '1' }));

    for (const answer of await Promise.all(healthy)) expect(answer.status).toBe(200);
    for (const answer of await flood) expect(refused(answer)).toEqual(INVALID);
    expect(catalogue.calls()).toBeLessThanOrEqual(before + healthy.length * 2);
  });
});

describe('requests of any other kind', () => {
  it('answers 404 to paths that are none, however they are written', async () => {
    for (const path of [
      '/v2/packages',
      '/v1/packages/',
      '//v1/packages',
      '/v1/packages;a=1',
      '/v1',
      '/assets/../package.json',
      '/.env',
    ]) {
      const answer = await raw(catalogue.port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      expect(answer, path).toMatch(/^HTTP\/1\.1 404 .*application\/problem\+json.*"code":"not_found"/s);
    }
  });

  it('answers 405 with Allow to methods that a path does not have', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
      const answer = await raw(
        catalogue.port,
        `${method} /v1/packages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect(answer, method).toMatch(/^HTTP\/1\.1 405 .*allow: GET, HEAD/is);
    }
  });

  it('answers HEAD like GET, without the body', async () => {
    const response = await fetch(new URL('/v1/packages', catalogue.url), { method: 'HEAD' });

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe('');
  });

  it('names the sources there are when one is asked for that is not', async () => {
    const answer = await page({ source: 'npm' });

    expect(answer.body).toMatchObject({
      status: 400,
      code: 'unknown_source',
      detail: 'there is no source "npm"; known: helm.packages, kapp_controller',
    });
  });

  it('refuses a search text that is too long', async () => {
    expect(refused(await page({ query: 'x'.repeat(257) }))).toEqual({ status: 400, code: 'query_too_long' });
    expect((await page({ query: 'x'.repeat(256) })).status).toBe(200);
  });

  it('H1 H7 answers whatever a client makes up with a problem below 500, and changes no prototype', async () => {
    const targets = [
      '?__proto__=1',
      '?constructor[prototype][x]=1',
      '?pageSize=__proto__',
      '?source=__proto__',
      '?query=%00',
      '?query=%f0%9f',
      '?%',
      '?&&&',
      '?=',
      '?query=<script>',
    ];
    for (const target of targets) {
      const answer = await raw(
        catalogue.port,
        `GET /v1/packages${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
      );
      expect(answer, target).toMatch(/^HTTP\/1\.1 (200|400) /);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(listOf('x', []).name).toBe('x');
  });
});
