import * as t from 'io-ts';
import { concat, defer, finalize, NEVER, of, Subject, throwError, timer } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { httpIntake, type HttpIntakeOptions } from '../../../lib/adapters/http/httpIntake.ts';
import { RequestError } from '../../../lib/adapters/http/problem.ts';
import { serve } from '../../../lib/adapters/http/serve.ts';
import type { RoutedEvent } from '../../../lib/contracts/routedEvent.ts';
import { ClosedError } from '../../../lib/contracts/deliveryFailure.ts';
import { OptionError, OverflowError } from '../../../operators/errors.ts';
import { raw } from '../../support/raw.ts';

/** An app, and what it has taken. */
function intake(options: Partial<HttpIntakeOptions> = {}) {
  const events: RoutedEvent[] = [];
  const app = httpIntake({
    take: (event) => {
      events.push(event);
      return of();
    },
    ...options,
  });
  const post = (
    body: BodyInit,
    headers: Record<string, string> = { 'content-type': 'application/json' },
    init: RequestInit = {},
  ) => app.fetch(new Request('http://localhost/', { method: 'POST', body, headers, ...init }));
  const failing = async (...args: Parameters<typeof post>) => {
    const response = await post(...args);
    expect(response.headers.get('content-type')).toBe(response.ok ? 'application/json' : 'application/problem+json');
    const { code } = (await response.json()) as { code: string };
    return [response.status, code];
  };
  return { app, events, post, failing };
}

describe('httpIntake', () => {
  it('takes a JSON body as an event, and answers with its id', async () => {
    const { post, events } = intake({ newId: () => 'id-1', tenantOf: ({ headers }) => headers.get('x-tenant') ?? '' });
    const response = await post('{"a":[1,"ü"]}', {
      'content-type': 'Application/JSON; charset="UTF-8"',
      'x-tenant': 'acme',
    });
    expect([response.status, await response.json()]).toEqual([202, { id: 'id-1' }]);
    expect(events).toMatchObject([{ id: 'id-1', payload: { a: [1, 'ü'] }, tenant: 'acme' }]);
    expect(events[0]!.receivedAt).toBeGreaterThan(1e12);
  });

  it.each(['"text"', '1', 'null', '[]', '{}', ' {} \n'])('takes any JSON value: %j', async (body) => {
    const { post, events } = intake();
    expect((await post(body)).status).toBe(202);
    expect(events[0]!.payload).toEqual(JSON.parse(body));
  });

  it('takes the id that the sender gives, so that the same event can be told', async () => {
    const { post, events } = intake();
    const headers = { 'content-type': 'application/cloudevents+json', 'idempotency-key': 'order-7' };
    await post('1', headers);
    await post('1', headers);
    await post('1');
    expect(events.map(({ id }) => id)).toEqual(['order-7', 'order-7', expect.stringMatching(/^[\da-f-]{36}$/)]);
  });

  it('answers only once the event was taken', async () => {
    const taken$ = new Subject<never>();
    const { post } = intake({ take: () => taken$ });
    let status = 0;
    const answered = (async () => (status = (await post('1')).status))();
    await vi.waitFor(() => expect(taken$.observed).toBe(true), { interval: 1 });
    expect(status).toBe(0);
    taken$.complete();
    await answered;
    expect(status).toBe(202);
  });

  it.each([
    ['B1 no type', '{}', {}],
    ['B2 text/plain', '{}', { 'content-type': 'text/plain' }],
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['JSON of a kind', '{}', { 'content-type': 'application/jsonp' }],
    ['B3 UTF-16', '{}', { 'content-type': 'application/json; charset=utf-16' }],
    ['B9 a compressed body', '{}', { 'content-type': 'application/json', 'content-encoding': 'gzip' }],
  ])('answers 415 to %s', async (_, body, headers) => {
    const { failing, events } = intake();
    const [status, code] = await failing(new TextEncoder().encode(body), headers);
    expect([status, code]).toEqual([415, expect.stringMatching(/^unsupported_(media_type|encoding)$/)]);
    expect(events).toEqual([]);
  });

  it.each([
    ['B3 truncated', '{"a":1'],
    ['B3 two values', '{}{}'],
    ['B3 a BOM', '\ufeff{}'],
    ['B3 a trailing comma', '[1,]'],
    ['B3 NaN', '{"a":NaN}'],
    ['an empty body', ''],
    ['B3 UTF-16', Buffer.from('{"a":1}', 'utf16le')],
    ['half a character', Buffer.from([0x22, 0xc3, 0x22])],
  ])('answers 400 invalid_json to %s', async (_, body) => {
    const { failing, events } = intake();
    expect(await failing(body)).toEqual([400, 'invalid_json']);
    expect(events).toEqual([]);
  });

  it('B5 H7 answers 400 to keys that could reach a prototype, at any depth, and changes none', async () => {
    const { failing } = intake();
    const before = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
    for (const body of [
      '{"__proto__":{"admin":true}}',
      '[{"a":{"__proto__":1}}]',
      '{"constructor":{"prototype":{"admin":true}}}',
    ]) {
      expect(await failing(body)).toEqual([400, 'forbidden_key']);
    }
    expect(await failing('{"constructor":"ACME","prototype":1}')).toEqual([202, undefined]);
    expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(before);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('B6 takes the last value of a key that is given twice', async () => {
    const { post, events } = intake();
    await post('{"a":1,"a":2}');
    expect(events[0]!.payload).toEqual({ a: 2 });
  });

  it('B7 answers 400 to a body nested too deeply, at any depth', async () => {
    const { failing, post } = intake();
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect((await post(nested(64))).status).toBe(202);
    for (const depth of [65, 5_000, 30_000]) expect(await failing(nested(depth))).toEqual([400, 'too_deep']);
    expect(await failing('{"a":'.repeat(65) + '1' + '}'.repeat(65))).toEqual([400, 'too_deep']);
  });

  it('says where a payload is not what it must be', async () => {
    const { post } = intake({ codec: t.type({ n: t.number }, 'Order') });
    const response = await post('{"n":"1"}');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 'invalid_body',
      detail: 'the body: /n must be number, not "1"',
    });
  });

  it('answers 405 with Allow to every method but POST', async () => {
    const { app } = intake();
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']) {
      const response = await app.fetch(new Request('http://localhost/', { method }));
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    }
  });

  it.each(['', ' ', 'a b', 'x'.repeat(256)])('answers 400 to an Idempotency-Key of %.20j', async (key) => {
    const { failing } = intake();
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    expect(await failing('1', headers)).toEqual([400, 'invalid_idempotency_key']);
  });

  it.each([
    ['full', new OverflowError('lane', 1), 503, 'not_now'],
    ['closed', new ClosedError('receiver'), 503, 'not_now'],
    ['a refusal', new RequestError(403, 'forbidden', 'no'), 403, 'forbidden'],
    ['a failure', new Error('password is tomato'), 500, 'internal_error'],
  ])('answers when an event cannot be taken: %s', async (_, failure, status, code) => {
    const failures: unknown[] = [];
    const { post } = intake({ take: () => throwError(() => failure), onError: (error) => failures.push(error) });
    const response = await post('1');
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
    expect(response.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
    expect(failures).toEqual(status === 500 ? [failure] : []);
  });

  it('asks for credentials before it reads anything', async () => {
    const { failing } = intake({
      tenantOf: () => {
        throw new RequestError(401, 'unauthorized', 'who are you?');
      },
    });
    expect(await failing('not json')).toEqual([401, 'unauthorized']);
  });

  it('answers 504 when an event is not taken in time, and gives it up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    let given = 0;
    const signals: AbortSignal[] = [];
    const { failing } = intake({
      timeoutMs: 1_000,
      take: (_, signal) => {
        signals.push(signal);
        return concat(timer(10), NEVER).pipe(finalize(() => given++));
      },
    });
    try {
      const answered = failing('1');
      for (let i = 0; signals.length === 0 && i < 1_000; i++) await new Promise((resolve) => setImmediate(resolve));
      await vi.advanceTimersByTimeAsync(1_000);
      expect(await answered).toEqual([504, 'not_taken']);
      expect([given, signals[0]!.aborted, vi.getTimerCount()]).toEqual([1, true, 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives an event up when the client leaves', async () => {
    const leaving = new AbortController();
    let left = 0;
    const { post } = intake({ take: () => defer(() => (leaving.abort(), NEVER)).pipe(finalize(() => left++)) });
    await post('1', undefined, { signal: leaving.signal });
    expect(left).toBe(1);
  });

  it('B8 is served within the limits of the server: 413', async () => {
    const { app, events } = intake();
    const serving = await serve(app, { port: 0, limits: { bodyBytes: 100 } });
    try {
      const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n';
      const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n65\r\n"${'x'.repeat(100)}\r\n0\r\n\r\n`;
      expect(await raw(serving.port, `${head}Content-Length: 10000000000\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
      expect(await raw(serving.port, chunked)).toMatch(/^HTTP\/1\.1 413 .*"code":"body_too_large"/s);
      expect(await raw(serving.port, `${head}Connection: close\r\nContent-Length: 3\r\n\r\n"x"`)).toMatch(
        /^HTTP\/1\.1 202 /,
      );
      expect(events).toMatchObject([{ payload: 'x' }]);
    } finally {
      await serving.stop({ deadlineMs: 0 });
    }
  });

  it('refuses a time limit that is none', () => {
    expect(() => intake({ timeoutMs: 0 })).toThrow(OptionError);
  });
});
