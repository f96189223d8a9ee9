import { beforeAll, describe, expect, it } from 'vitest';
import { ADMIN, said, startObserver, TARGET, type RunningObserver } from './support/startObserver.ts';

let server: RunningObserver;
let without: RunningObserver;
let guessed: RunningObserver;
beforeAll(async () => {
  [server, without, guessed] = await Promise.all([
    startObserver({ OBSERVER_ADMIN_TOKEN: ADMIN }),
    startObserver(),
    startObserver({ OBSERVER_ADMIN_TOKEN: ADMIN }),
  ]);
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const flush = (of: RunningObserver, headers: Record<string, string> = {}, query = '') =>
  of.ask('DELETE', `/admin/flush${query}`, undefined, headers);
const statusAndCode = ({ status, body }: { status: number; body: any }) => [status, body.code];

describe('DELETE /admin/flush', () => {
  it('F1 H5 H6 needs the token in its header: without it, with a wrong one and in the query it is refused alike', async () => {
    await server.ask('POST', '/register', { id: 'kept', qmgr: 'QM1', queue: 'Q', notify: TARGET });
    const answers = [
      await flush(server),
      await flush(server, bearer('wrong-token-0123456789')),
      await flush(server, {}, `?token=${ADMIN}`),
      await flush(server, { authorization: `Basic ${btoa(`admin:${ADMIN}`)}` }),
    ];

    for (const answer of answers) {
      expect(statusAndCode(answer)).toEqual([401, 'unauthorized']);
      expect(answer.body).toEqual(answers[0]!.body);
    }
    expect((await server.ask('GET', '/register')).body.items).toHaveLength(1);
    expect(await flush(server, bearer(ADMIN))).toMatchObject({ status: 200, body: { count: 1 } });
    expect((await server.ask('GET', '/register')).body.items).toEqual([]);
  });

  it('F2 H6 lets nobody guess on: 1,000 wrong tokens are 10 guesses, and the right one waits then too', async () => {
    const counts = new Map<number, number>();
    for (let n = 0; n < 20; n++) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => flush(guessed, bearer(`guess-0123456789-${n}-${i}`))),
      );
      for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
    }

    expect(Object.fromEntries(counts)).toEqual({ 401: 10, 429: 990 });
    const right = await flush(guessed, bearer(ADMIN));
    expect(statusAndCode(right)).toEqual([429, 'too_many_attempts']);
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('F3 H5 is off where there is no token, which is said at the start', async () => {
    expect(statusAndCode(await flush(without, bearer(ADMIN)))).toEqual([404, 'disabled']);
    expect(without.terminal.err()).toContain('/admin/flush is off');
  });

  it.each(['GET', 'POST', 'PUT', 'PATCH'])('F4 %s is none, whatever method a header says', async (method) => {
    const headers = { ...bearer(ADMIN), 'x-http-method-override': 'DELETE', 'x-method-override': 'DELETE' };
    const answer = await server.ask(method, '/admin/flush', undefined, headers);

    expect(statusAndCode(answer)).toEqual([405, 'method_not_allowed']);
    expect(answer.headers.get('allow')).toBe('DELETE');
  });

  it('F6 refuses a token that is not ASCII, and headers of 100 kB', async () => {
    const head = 'DELETE /admin/flush HTTP/1.1\r\nauthorization: Bearer';
    expect(said(await server.raw(`${head} töken-tökén-0123456789`)).status).toBe(401);
    expect(said(await server.raw(`${head} ${'x'.repeat(100_000)}`)).status).toBe(431);
  });
});

describe('GET /metrics', () => {
  it('H10 has no label that a client chose', async () => {
    const labels = async () => {
      const { body } = await server.ask('GET', '/metrics', undefined, bearer(ADMIN));
      return [...String(body).matchAll(/^\w+(\{.*\})? /gm)].map(([whole]) => whole);
    };
    const before = await labels();
    for (let n = 0; n < 20; n++) {
      await server.ask('POST', '/register', { id: `m${n}`, qmgr: `NEW${n}`, queue: `Q${n}`, notify: TARGET });
    }

    expect(before.length).toBeGreaterThan(5);
    expect(await labels()).toEqual(before);
  });
});
