import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startJobs, testKinds, type TestJobs, type TestKinds } from '../../support/jobs.ts';

let server: TestJobs;
let test: TestKinds;
const tokens: string[] = [];

beforeAll(async () => {
  test = testKinds();
  server = await startJobs({
    kinds: test.kinds,
    maxRunning: 20,
    retentionMs: Infinity,
    pageSize: { default: 5, max: 20 },
  });
  let now = Date.parse('2026-05-01T00:00:00Z');
  vi.useFakeTimers({ toFake: ['Date'], now });
  for (let i = 0; i < 40; i++) {
    if (i % 3 === 0) vi.setSystemTime((now += 10)); // some of them in the same millisecond
    tokens.push(await server.start(['silent', 'told', 'refuse', 'echo'][i % 4]!));
  }
  vi.useRealTimers();
});
afterAll(async () => {
  await server.jobs.stop({ mode: 'abort', deadlineMs: 1_000 });
  await server.stop({ deadlineMs: 0 });
});
afterEach(() => vi.useRealTimers());

async function walk(path: string, sizes: readonly number[]): Promise<any[][]> {
  const pages: any[][] = [];
  let pageToken = '';
  do {
    const { status, body } = await server.get(
      `${path}${path.includes('?') ? '&' : '?'}pageSize=${sizes[pages.length % sizes.length]}&pageToken=${pageToken}`,
    );
    if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
    expect(Object.keys(body)).toEqual(['items', 'nextPageToken']);
    pages.push(body.items);
    pageToken = body.nextPageToken;
  } while (pageToken !== '');
  return pages;
}

describe('the list of jobs', () => {
  it.each([[[1]], [[7]], [[20]], [[3, 1, 19]]])(
    'M1 M3 is all of them in pages of %j, the newest first, each once',
    async (sizes) => {
      const pages = await walk('/v1/jobs', sizes);

      const items = pages.flat();
      expect(items.map(({ id }) => id).sort()).toEqual([...tokens].sort());
      expect(items).toEqual(
        [...items].sort((a, b) =>
          a.createTime === b.createTime ? (a.id < b.id ? -1 : 1) : a.createTime < b.createTime ? 1 : -1,
        ),
      );
      expect(new Set(items.map(({ createTime }) => createTime)).size).toBeLessThan(items.length);
      pages.slice(0, -1).forEach((page, i) => expect(page).toHaveLength(sizes[i % sizes.length]!));
    },
  );

  it.each([
    ['kind=told', (i: number) => i % 4 === 1],
    ['state=failed', (i: number) => i % 4 === 2],
    ['state=succeeded', (i: number) => i % 2 === 0 || i % 4 === 3],
    ['state=running&kind=told', (i: number) => i % 4 === 1],
    ['state=running&kind=echo', () => false],
  ])('is those with %s', async (query, wanted) => {
    await expect.poll(async () => (await walk('/v1/jobs?state=queued', [20])).flat().length).toBe(0);

    const items = (await walk(`/v1/jobs?${query}`, [4])).flat();

    const expected = tokens.filter((_, i) => (query === 'state=succeeded' ? i % 4 === 0 || i % 4 === 3 : wanted(i)));
    expect(items.map(({ id }) => id).sort()).toEqual(expected.sort());
  });

  it('M16 misses none that was there all the time, whatever comes and ends meanwhile', async () => {
    const seen: string[] = [];
    let pageToken = '';
    do {
      const { body } = await server.get(`/v1/jobs?pageSize=6&pageToken=${pageToken}`);
      seen.push(...body.items.map(({ id }: any) => id));
      pageToken = body.nextPageToken;
      if (seen.length === 12) await server.del(`/v1/jobs/${tokens[1]}`);
      await server.start('silent');
    } while (pageToken !== '');

    expect(seen.filter((id) => tokens.includes(id)).sort()).toEqual([...tokens].sort());
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('shows states as they are now, on every page', async () => {
    const path = '/v1/jobs?kind=told&pageSize=1';
    const { nextPageToken } = (await server.get(path)).body;
    const next = `${path}&pageToken=${nextPageToken}`;
    const [before] = (await server.get(next)).body.items;

    await server.del(`/v1/jobs/${before.id}`);

    expect([before.state, (await server.get(next)).body.items[0].state]).toEqual(['running', 'cancelled']);
  });

  it.each([
    ['kind=cuont', 'unknown_kind'],
    ['kind=__proto__', 'unknown_kind'],
    ['state=done', 'unknown_state'],
    ['state=', 'unknown_state'],
    ['state=failed&state=failed', 'repeated_parameter'],
    ['limit=3', 'unknown_parameter'],
    ['pageSize=-1', 'invalid_page_size'],
    ['pageToken=x', 'invalid_page_token'],
  ])('answers 400 to %s', async (query, code) => {
    expect(await server.get(`/v1/jobs?${query}`)).toMatchObject({ status: 400, body: { code } });
  });

  it('K4 refuses a token with another filter, or of another list', async () => {
    const { nextPageToken } = (await server.get('/v1/jobs?pageSize=3')).body;
    const kinds = (await server.get('/v1/jobs/kinds?pageSize=3')).body.nextPageToken;

    expect(await server.get(`/v1/jobs?state=failed&pageToken=${nextPageToken}`)).toMatchObject({
      status: 400,
      body: { code: 'page_token_mismatch' },
    });
    for (const path of [`/v1/jobs?pageToken=${kinds}`, `/v1/jobs/kinds?pageToken=${nextPageToken}`]) {
      expect([400, 410]).toContain((await server.get(path)).status);
    }
  });
});

describe('the list of kinds', () => {
  it('is all of them by name, page by page', async () => {
    const pages = await walk('/v1/jobs/kinds', [3]);

    expect(pages.flat().map(({ name }) => name)).toEqual(['count', 'deaf', 'echo', 'leak', 'refuse', 'silent', 'told']);
    expect(pages[0]![0]).toEqual({ name: 'count', description: 'counts', input: '{ to: number }' });
  });
});
