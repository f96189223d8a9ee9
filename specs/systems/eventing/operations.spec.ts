import { afterEach, describe, expect, it } from 'vitest';
import { byBearer, startEventing, type TestEventing, type TestEventingOptions } from '../../support/eventing.ts';

const servers: TestEventing[] = [];
const start = async (options?: TestEventingOptions): Promise<TestEventing> => {
  const server = await startEventing(options);
  servers.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.end()));
});
const key = (value: string) => ({ 'idempotency-key': value });
const as = (tenant: string) => ({ authorization: `Bearer ${tenant}` });

describe('a command', () => {
  it('is accepted with an operation that tells how it ends', async () => {
    const server = await start();

    const { status, headers, body } = await server.post('/v1/commands/test.echo', { text: 'a' });

    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/v1/operations/${body.id}`);
    expect(body).toMatchObject({ command: 'test.echo', id: expect.stringMatching(/^[\w-]{22,}$/) });
    const { body: end } = await server.get(`${headers.get('location')}?wait=10`);
    expect(end).toMatchObject({ id: body.id, state: 'succeeded', createTime: body.createTime });
    expect(Date.parse(end.endTime)).toBeGreaterThanOrEqual(Date.parse(end.createTime));
  });

  it('C1 that fails ends in why, and tells nothing of a failure that is of the inside', async () => {
    const server = await start();
    const typed = await server.submit('test.fail', { text: 'no such share' });
    const foreign = await server.submit('test.fail', { text: 'secret' });

    expect((await server.get(`/v1/operations/${typed}?wait=10`)).body).toMatchObject({
      state: 'failed',
      error: { code: 'refused', message: expect.stringContaining('no such share') },
    });
    const { body } = await server.get(`/v1/operations/${foreign}?wait=10`);
    expect(body).toMatchObject({ state: 'failed', error: { code: 'internal' } });
    expect(JSON.stringify(body)).not.toContain('tomato');
  });

  it('C1 expires when nobody carries it out in time', async () => {
    const server = await start({ timeoutMs: 50 });
    const id = await server.submit('test.hold', {});
    expect((await server.get(`/v1/operations/${id}?wait=10`)).body).toMatchObject({ state: 'expired' });
  });

  it.each([
    ['/v1/commands/test.none', { text: 'a' }, 404, 'unknown_command', /known: test.echo, test.fail/],
    ['/v1/commands/__proto__', { text: 'a' }, 404, 'unknown_command', /__proto__/],
    ['/v1/commands/test.echoed', { text: 'a' }, 404, 'unknown_command', /test.echoed/],
    ['/v1/commands/test.echo', { text: 7 }, 400, 'invalid_body', /\/text must be string, not 7/],
    ['/v1/commands/test.echo', {}, 400, 'invalid_body', /\/text must be string/],
    ['/v1/commands/test.echo', [], 400, 'invalid_body', /must be/],
    ['/v1/commands/test.echo?x=1', { text: 'a' }, 400, 'unknown_parameter', /x/],
  ])('is refused at %s with %j', async (path, body, status, code, detail) => {
    const server = await start();
    const answer = await server.post(path, body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.detail).toMatch(detail);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(server.test.done).toEqual([]);
  });

  it('C3 G10 sent twice under one key is one operation, and another one is refused', async () => {
    const server = await start();
    const first = await server.post('/v1/commands/test.echo', { text: 'a' }, key('k1'));
    const again = await server.post('/v1/commands/test.echo', { text: 'a' }, key('k1'));
    const other = await server.post('/v1/commands/test.echo', { text: 'b' }, key('k1'));
    const another = await server.post('/v1/commands/test.fail', { text: 'a' }, key('k1'));

    expect([first.status, again.status, other.status, another.status]).toEqual([202, 202, 409, 409]);
    expect(again.body.id).toBe(first.body.id);
    expect([other.body.code, another.body.code]).toEqual(['idempotency_key_reused', 'idempotency_key_reused']);
    await server.get(`/v1/operations/${first.body.id}?wait=10`);
    expect(server.test.done).toEqual(['a']);
    expect((await server.post('/v1/commands/test.echo', { text: 'a' }, key('ä'))).status).toBe(400);
  });

  it('C8 under the same key of another tenant is another one', async () => {
    const server = await start({ authorize: byBearer });
    const a = await server.post('/v1/commands/test.echo', { text: 'a' }, { ...key('k1'), ...as('a') });
    const b = await server.post('/v1/commands/test.echo', { text: 'b' }, { ...key('k1'), ...as('b') });
    expect([a.status, b.status]).toEqual([202, 202]);
    expect(a.body.id).not.toBe(b.body.id);
  });

  it('that nobody takes is answered 503, to be sent again with the same key', async () => {
    const server = await start({ consuming: false });
    const refused = await server.post('/v1/commands/test.echo', { text: 'a' }, key('k1'));
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([503, 'unroutable', '1']);

    await server.consume();
    const taken = await server.post('/v1/commands/test.echo', { text: 'a' }, key('k1'));
    expect(taken.status).toBe(202);
    expect((await server.get(`/v1/operations/${taken.body.id}?wait=10`)).body.state).toBe('succeeded');
  });
});

describe('an operation', () => {
  it('is told as it stands, at once or after the wait', async () => {
    const server = await start();
    const id = await server.submit('test.hold', {});

    expect((await server.get(`/v1/operations/${id}`)).body).toMatchObject({ id, state: 'accepted' });
    const waited = server.get(`/v1/operations/${id}?wait=1`);
    expect((await waited).body).toMatchObject({ id, state: 'accepted' });
    const ending = server.get(`/v1/operations/${id}?wait=999999999`);
    await expect.poll(() => server.test.held.observed).toBe(true);
    server.test.held.complete();
    expect((await ending).body).toMatchObject({ id, state: 'succeeded' });
  });

  it.each(['-1', '1.5', 'abc', '', '1e3', '0x10', ' 5'])('cannot be waited for so long: %j', async (wait) => {
    const server = await start();
    const id = await server.submit('test.hold', {});
    const { status, body } = await server.get(`/v1/operations/${id}?wait=${encodeURIComponent(wait)}`);
    expect([status, body.code]).toEqual([400, 'invalid_wait']);
  });

  it('C7 X3 is not waited for any more once the client has left', async () => {
    const server = await start({ seats: { perClient: 1 } });
    const id = await server.submit('test.hold', {});
    const leaving = new AbortController();
    const first = fetch(`${server.url}v1/operations/${id}?wait=30`, { signal: leaving.signal }).catch(() => 'left');
    await expect.poll(async () => (await server.get(`/v1/operations/${id}?wait=1`)).status).toBe(429);

    leaving.abort();

    expect(await first).toBe('left');
    await expect.poll(async () => (await server.get(`/v1/operations/${id}?wait=1`)).status).toBe(200);
  });

  it('C12 is told as it stands when the server stops', async () => {
    const server = await start({ seats: { perClient: 1 } });
    const id = await server.submit('test.hold', {});
    const waiting = server.get(`/v1/operations/${id}?wait=30`);
    await expect.poll(async () => (await server.get(`/v1/operations/${id}?wait=1`)).status).toBe(429);

    await server.stop({ deadlineMs: 5_000 });

    expect((await waiting).body).toMatchObject({ id, state: 'accepted' });
  });

  it('C8 G9 of another tenant looks like one that never was', async () => {
    const server = await start({ authorize: byBearer });
    const id = await server.submit('test.echo', { text: 'a' }, as('a'));
    await server.get(`/v1/operations/${id}?wait=10`, as('a'));
    const unknown = 'AAAAAAAAAAAAAAAAAAAAAA';

    for (const path of ['', '?wait=1', '/events']) {
      const foreign = await server.get(`/v1/operations/${id}${path}`, as('b'));
      const never = await server.get(`/v1/operations/${unknown}${path}`, as('b'));
      expect([foreign.status, foreign.body]).toEqual([404, never.body]);
      expect([...foreign.headers.keys()]).toEqual([...never.headers.keys()]);
    }
    expect((await server.get(`/v1/operations/${id}`, as('a'))).status).toBe(200);
    expect((await server.get(`/v1/operations/${id}`)).status).toBe(401);
    expect((await server.get('/v1/operations', as('b'))).body.items).toEqual([]);
  });

  it('G9 is not found by guessing', async () => {
    const server = await start();
    await server.submit('test.echo', { text: 'a' });
    for (const id of ['1', '0', '__proto__', 'constructor', 'A'.repeat(5_000), '%00', '..%2f']) {
      expect((await server.get(`/v1/operations/${id}`)).status).toBe(404);
    }
  });
});

describe('operations', () => {
  it('are listed page by page, the newest first, by state and by command', async () => {
    const server = await start();
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4, 5]) {
      ids.push(await server.submit('test.echo', { text: String(n) }));
      await server.get(`/v1/operations/${ids.at(-1)!}?wait=10`);
    }
    const held = await server.submit('test.hold', {});

    const seen: any[] = [];
    let pageToken = '';
    do {
      const { status, body } = await server.get(`/v1/operations?pageSize=2&pageToken=${pageToken}`);
      expect(status).toBe(200);
      seen.push(...body.items);
      pageToken = body.nextPageToken;
    } while (pageToken !== '');

    expect(seen.map(({ id }) => id).sort()).toEqual([...ids, held].sort());
    expect(seen.map(({ createTime }) => createTime)).toEqual(
      seen
        .map(({ createTime }) => createTime)
        .sort()
        .reverse(),
    );
    const accepted = await server.get('/v1/operations?state=accepted');
    expect(accepted.body.items.map(({ id }: { id: string }) => id)).toEqual([held]);
    expect((await server.get('/v1/operations?command=test.echo')).body.items).toHaveLength(5);
  });

  it.each([
    ['state=done', 'unknown_state'],
    ['command=none', 'unknown_command'],
    ['pageSize=-1', 'invalid_page_size'],
    ['pageToken=abc', 'invalid_page_token'],
    ['page=2', 'unknown_parameter'],
    ['state=failed&state=failed', 'repeated_parameter'],
  ])('are not listed with %s', async (query, code) => {
    const server = await start();
    const { status, body } = await server.get(`/v1/operations?${query}`);
    expect([status, body.code]).toEqual([400, code]);
  });

  it.each([
    ['PUT', '/v1/commands/test.echo'],
    ['GET', '/v1/commands/test.echo'],
    ['DELETE', '/v1/operations/x'],
    ['POST', '/v1/stream'],
  ])('%s %s is answered 405 with what is allowed', async (method, path) => {
    const { url } = await start();
    const response = await fetch(new URL(path, url), { method });
    expect([response.status, response.headers.get('allow') !== null]).toEqual([405, true]);
  });
});
