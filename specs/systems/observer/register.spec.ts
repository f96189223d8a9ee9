import { beforeAll, describe, expect, it } from 'vitest';
import { startObserver, TARGET, type RunningObserver } from './support/startObserver.ts';

let server: RunningObserver;
let owned: RunningObserver;
const KEYS = { a: 'key-of-a-0123456789', b: 'key-of-b-0123456789' };
const as = (owner: 'a' | 'b') => ({ authorization: `Bearer ${KEYS[owner]}` });

beforeAll(async () => {
  server = await startObserver();
  owned = await startObserver({
    OBSERVER_API_KEYS: `a:${KEYS.a},b:${KEYS.b}`,
    OBSERVER_MAX_REGISTRATIONS_PER_OWNER: '100',
  });
});

const one = { qmgr: 'QM1', queue: 'APP.Q', notify: TARGET };

describe('POST /register', () => {
  it('takes a form as the README of the seed has it, and answers its fields', async () => {
    const { status, body } = await server.form('POST', '/register', `ID=form1&QMGR=QM1&QUEUE=+APP.Q+&NOTIFY=${TARGET}`);

    expect(status).toBe(201);
    expect(body).toEqual({
      id: 'form1',
      qmgr: 'QM1',
      queue: 'APP.Q',
      notify: TARGET,
      failcount: 0,
      backoff: null,
      last_updated: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      state: 'active',
      minDepth: 1,
      minGapMs: 0,
      persistence: 'memory',
    });
  });

  it.each([
    { id: 'case1', qmgr: 'QM1', queue: 'Q', notify: TARGET },
    { ID: 'case2', QMGR: 'QM1', QUEUE: 'Q', NOTIFY: TARGET },
    { Id: 'case3', Qmgr: 'QM1', qUEUE: 'Q', Notify: TARGET, min_depth: 5, minGapMs: '1000' },
  ])('takes JSON with keys in any case: %j', async (request) => {
    expect(await server.ask('POST', '/register', request)).toMatchObject({
      status: 201,
      body: { qmgr: 'QM1', queue: 'Q' },
    });
  });

  it('makes an id where there is none, and finds it again for the same three', async () => {
    const request = { ...one, queue: 'SAME' };
    const [first, second] = [
      await server.ask('POST', '/register', request),
      await server.ask('POST', '/register', request),
    ];

    expect([first.status, second.status]).toEqual([201, 200]);
    expect(first.body.id).toMatch(/^[\da-f-]{36}$/);
    expect(second.body.id).toBe(first.body.id);
  });

  it('O3 replaces what is registered under an id of the same owner', async () => {
    await server.ask('POST', '/register', { id: 'again', ...one });
    const second = await server.ask('POST', '/register', { id: 'again', ...one, queue: 'OTHER' });

    expect(second).toMatchObject({ status: 200, body: { id: 'again', queue: 'OTHER' } });
  });

  it('names missing fields in the order of the seed', async () => {
    const { status, body } = await server.form('POST', '/register', 'ID=x&QUEUE=');

    expect([status, body.code]).toEqual([400, 'missing_fields']);
    expect(body.detail).toBe('QMGR needs to be specified; QUEUE needs to be specified; NOTIFY needs to be specified');
  });

  it.each([
    [{ notify: 'http://127.0.0.1/x' }, 'blocked_url'],
    [{ notify: 'http://localhost:8080/notify' }, 'blocked_url'],
    [{ notify: 'http://169.254.169.254/latest' }, 'blocked_url'],
    [{ notify: 'https://user:pw@app.example.com/' }, 'blocked_url'],
    [{ notify: 'file:///etc/passwd' }, 'blocked_url'],
    [{ notify: 'javascript:alert(1)' }, 'blocked_url'],
    [{ notify: 'https://app.example.com:22/' }, 'blocked_url'],
    [{ notify: 'a-job' }, 'no_code_engine'],
    [{ notify: `https://app.example.com/${'x'.repeat(2_100)}` }, 'invalid_registration'],
    [{ minDepth: 0 }, 'invalid_registration'],
    [{ minDepth: 1.5 }, 'invalid_registration'],
    [{ minGapMs: -1 }, 'invalid_registration'],
    [{ id: 'a b' }, 'invalid_registration'],
    [{ id: 'x'.repeat(129) }, 'invalid_registration'],
    [{ id: '__proto__' }, 'invalid_registration'],
    [{ qmgr: 'x'.repeat(49) }, 'invalid_registration'],
  ])('O4 refuses %j', async (wrong, code) => {
    const before = (await server.ask('GET', '/register?pageSize=1000')).body.items;
    const { status, body } = await server.ask('POST', '/register', { ...one, ...wrong });

    expect([status, body.code]).toEqual([400, code]);
    expect((await server.ask('GET', '/register?pageSize=1000')).body.items).toEqual(before);
  });

  it('refuses a queue manager that is not configured, where some are', async () => {
    const knowing = await startObserver({ QMGR: 'QM1', MQ_REST_HOST: 'mq.example' });
    const { status, body } = await knowing.ask('POST', '/register', { ...one, qmgr: 'QM2' });

    expect([status, body.code]).toEqual([400, 'unknown_manager']);
    expect((await knowing.ask('POST', '/register', one)).status).toBe(201);
  });

  it('may be told itself, where its network is allowed: the circular test of the seed', async () => {
    const open = await startObserver({ OBSERVER_ALLOWED_NETWORKS: '127.0.0.0/8', OBSERVER_ALLOWED_PORTS: 'any' });
    const register = (notify: string) => open.ask('POST', '/register', { ...one, notify });

    expect((await register(`http://127.0.0.1:${open.port}/notify`)).status).toBe(201);
    expect((await register(`http://127.0.0.1:${open.port}/register`)).body.code).toBe('blocked_url');
    expect(await open.ask('POST', '/notify', { anything: 1 })).toMatchObject({
      status: 200,
      body: { message: 'Received' },
    });
    expect((await open.form('POST', '/notify', 'a=b')).body).toEqual({ message: 'Received' });
  });
});

describe('DELETE /register', () => {
  it.each([
    ['a form, as the README of the seed has it', (id: string) => server.form('DELETE', '/register', `ID=${id}`)],
    ['the query', (id: string) => server.ask('DELETE', `/register?ID=${id}`)],
    ['JSON', (id: string) => server.ask('DELETE', '/register', { id })],
    [
      'the whole form',
      (id: string) => server.form('DELETE', '/register', `ID=${id}&QMGR=QM1&QUEUE=APP.Q&NOTIFY=${TARGET}`),
    ],
  ])('removes by %s', async (name, remove) => {
    const id = `gone-${name.length}`;
    await server.ask('POST', '/register', { id, ...one });
    const { status, body } = await remove(id);

    expect(status).toBe(200);
    expect(body).toMatchObject({ removed: [{ id }], persistence: 'memory' });
    expect((await remove(id)).status).toBe(404);
  });

  it('removes by queue manager, queue and target', async () => {
    await server.ask('POST', '/register', { ...one, queue: 'THREE' });

    expect((await server.ask('DELETE', '/register', { ...one, queue: 'THREE' })).body.removed).toHaveLength(1);
  });

  it('removes nothing whose fields do not go with the id', async () => {
    await server.ask('POST', '/register', { id: 'kept', ...one });

    expect((await server.ask('DELETE', '/register', { id: 'kept', queue: 'ELSE' })).status).toBe(404);
    expect((await server.ask('DELETE', '/register?ID=kept')).status).toBe(200);
  });

  it('refuses a request that names nothing', async () => {
    expect(await server.ask('DELETE', '/register')).toMatchObject({ status: 400, body: { code: 'missing_fields' } });
    expect((await server.ask('DELETE', '/register?QMGR=QM1')).status).toBe(400);
  });
});

describe('owners', () => {
  const ids = async (owner: 'a' | 'b') =>
    (await owned.ask('GET', '/register?pageSize=1000', undefined, as(owner))).body.items.map(
      ({ id }: { id: string }) => id,
    );

  it('B11 O3 cannot take an id of somebody else', async () => {
    await owned.ask('POST', '/register', { id: 'mine', ...one }, as('a'));
    const taken = await owned.ask('POST', '/register', { id: 'mine', ...one, queue: 'X' }, as('b'));

    expect([taken.status, taken.body.code]).toEqual([409, 'registration_taken']);
    expect((await owned.ask('GET', '/register', undefined, as('a'))).body.items).toMatchObject([
      { id: 'mine', queue: 'APP.Q' },
    ]);
  });

  it('B12 are answered the same for an id of somebody else and one that is not there', async () => {
    const [foreign, unknown] = await Promise.all(
      ['mine', 'none'].map((id) => owned.ask('DELETE', '/register', { id }, as('b'))),
    );

    expect(foreign!.status).toBe(404);
    expect(foreign!.body).toEqual(unknown!.body);
    expect(await ids('a')).toContain('mine');
  });

  it('B19 O4 reach their limit with the 101st registration, and the others do not', async () => {
    const answers = [];
    for (let n = 0; n < 101; n++) {
      answers.push(
        await owned.ask('POST', '/register', { id: `b${String(n).padStart(3, '0')}`, ...one, queue: `Q${n}` }, as('b')),
      );
    }

    expect(answers.filter(({ status }) => status === 201)).toHaveLength(100);
    expect(answers.at(-1)).toMatchObject({ status: 429, body: { code: 'limit_reached' } });
    expect(await ids('b')).toHaveLength(100);
    expect((await owned.ask('POST', '/register', { ...one, queue: 'ROOM' }, as('a'))).status).toBe(201);
  });

  it('list their own, page by page, by id', async () => {
    const seen: string[] = [];
    let token = '';
    do {
      const path = `/register?pageSize=30&pageToken=${encodeURIComponent(token)}`;
      const { body } = await owned.ask('GET', path, undefined, as('b'));
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      token = body.nextPageToken;
    } while (token !== '');

    expect(seen).toEqual(Array.from({ length: 100 }, (_, n) => `b${String(n).padStart(3, '0')}`));
    const { body } = await owned.ask('GET', '/register?pageSize=10', undefined, as('b'));
    const foreign = await owned.ask(
      'GET',
      `/register?pageToken=${encodeURIComponent(body.nextPageToken)}`,
      undefined,
      as('a'),
    );
    expect([foreign.status, foreign.body.code]).toEqual([400, 'invalid_page_token']);
    expect((await owned.ask('GET', '/register?page=2', undefined, as('b'))).body.code).toBe('unknown_parameter');
  });

  it('H5 B21 need their key, whatever a browser sends along', async () => {
    for (const headers of [
      {},
      { origin: 'https://evil.example', cookie: 'session=1' },
      { authorization: 'Basic a2V5' },
    ]) {
      for (const [method, body] of [
        ['POST', one],
        ['DELETE', { id: 'mine' }],
        ['GET', undefined],
      ] as const) {
        const answer = await owned.ask(method, '/register', body, headers);
        expect(answer).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
        expect(answer.headers.get('www-authenticate')).toBe('Bearer');
      }
    }
  });
});
