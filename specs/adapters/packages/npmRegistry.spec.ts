import { describe, expect, it, vi } from 'vitest';
import { npmRegistry } from '../../../lib/adapters/packages/npmRegistry.ts';
import { pageSourceLaws } from '../../../lib/testing/pageSourceLaws.ts';
import { json, serve } from './support/serve.ts';
import { failureOf, itemsOf, key, listOf } from './support/walk.ts';

/** A registry that finds everything with the text in its name, the longest names first, in pages of at most 250. */
async function registry(names: readonly string[]) {
  return serve((url, response) => {
    if (url.pathname !== '/npm/-/v1/search') return response.writeHead(404).end();
    const [text, size, from] = ['text', 'size', 'from'].map((name) => url.searchParams.get(name) ?? '');
    const found = names.filter((name) => name.includes(text!)).sort((a, b) => b.length - a.length);
    const page = found.slice(Number(from), Number(from) + Math.min(250, Number(size)));
    json(response, {
      objects: page.map((name) => ({ package: { name, version: '1.0.0', description: `about ${name}` }, score: {} })),
      total: found.length,
    });
  });
}

const numbered = (count: number) => Array.from({ length: count }, (_, i) => `rx${i}`);

describe('npmRegistry', () => {
  it('lists what the registry finds, in order, whatever order it comes in', async () => {
    const server = await registry(['rxjs', 'rx', '@rx/core', 'other']);
    const source = npmRegistry({ name: 'registry', url: `${server.url}/npm/` });

    expect(await itemsOf(source, { query: { query: 'rx' }, pageSize: 1 })).toEqual([
      { name: '@rx/core', version: '1.0.0', source: 'registry', description: 'about @rx/core' },
      { name: 'rx', version: '1.0.0', source: 'registry', description: 'about rx' },
      { name: 'rxjs', version: '1.0.0', source: 'registry', description: 'about rxjs' },
    ]);
    expect(server.requests).toEqual(['/npm/-/v1/search?text=rx&size=250&from=0']);
  });

  it('reads page after page, up to maxResults', async () => {
    const server = await registry(numbered(700));
    const url = `${server.url}/npm`;

    expect(await itemsOf(npmRegistry({ name: 'r', url }), { query: { query: 'rx' } })).toHaveLength(700);
    expect(server.requests.map((request) => new URL(request, url).searchParams.get('from'))).toEqual([
      '0',
      '250',
      '500',
    ]);
    expect(await itemsOf(npmRegistry({ name: 'r', url, maxResults: 300 }), { query: { query: 'rx' } })).toHaveLength(
      300,
    );
    expect(server.requests.at(-1)).toContain('size=50&from=250');
  });

  it('lists nothing for an empty query, unless it has a text of its own', async () => {
    const server = await registry(['rxjs', 'fp-ts']);
    const url = `${server.url}/npm`;

    expect(await listOf(npmRegistry({ name: 'r', url }))).toEqual([]);
    expect(server.requests).toEqual([]);
    expect(await listOf(npmRegistry({ name: 'r', url, text: 'fp' }))).toEqual(['fp-ts 1.0.0']);
    expect(await listOf(npmRegistry({ name: 'r', url, text: 'fp' }), { query: { query: 'rx' } })).toEqual([
      'rxjs 1.0.0',
    ]);
  });

  it('leaves out what matches by something else than name and description, and what comes twice', async () => {
    const server = await serve((_, response) =>
      json(response, {
        objects: ['rx', 'keyword-only', 'rx'].map((name) => ({ package: { name, version: '1' } })),
        total: 3,
      }),
    );

    const source = npmRegistry({ name: 'r', url: server.url });
    expect(await listOf(source, { query: { query: 'RX' } })).toEqual(['rx 1']);
  });

  it('ends when the registry gives less than it promised', async () => {
    const server = await serve((url, response) =>
      json(response, {
        objects: url.searchParams.get('from') === '0' ? [{ package: { name: 'rx', version: '1' } }] : [],
        total: 1_000,
      }),
    );

    expect(await listOf(npmRegistry({ name: 'r', url: server.url }), { query: { query: 'rx' } })).toEqual(['rx 1']);
    expect(server.requests).toHaveLength(2);
  });

  it('keeps the results of a search for maxAgeMs', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const server = await registry(['rxjs']);
      const source = npmRegistry({ name: 'r', url: `${server.url}/npm`, maxAgeMs: 60_000 });
      await listOf(source, { query: { query: 'rx' } });
      vi.advanceTimersByTime(59_000);
      await listOf(source, { query: { query: 'rx' } });
      expect(server.requests).toHaveLength(1);

      vi.advanceTimersByTime(2_000);
      await listOf(source, { query: { query: 'rx' } });
      expect(server.requests).toHaveLength(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it.each([
    ['is not JSON', (body: { end: (text: string) => void }) => body.end('<html>'), 'FormatError'],
    [
      'is no search',
      (body: { end: (text: string) => void }) => body.end('{"objects":[{"package":{"name":1}}]}'),
      'DecodeError',
    ],
  ])('fails when the answer %s', async (_, answer, name) => {
    const server = await serve((_url, response) => answer(response));

    expect(await failureOf(npmRegistry({ name: 'r', url: server.url }), { query: { query: 'x' } })).toMatchObject({
      name,
    });
  });

  it('fails when the registry cannot be reached or says no', async () => {
    const gone = await serve(() => undefined);
    await gone.close();
    const refusing = await serve((_, response) => response.writeHead(403).end());
    const hanging = await serve(() => undefined);
    const ask = { query: { query: 'x' } };

    expect(await failureOf(npmRegistry({ name: 'r', url: gone.url }), ask)).toMatchObject({ name: 'UnreachableError' });
    expect(await failureOf(npmRegistry({ name: 'r', url: refusing.url }), ask)).toMatchObject({ status: 403 });
    expect(await failureOf(npmRegistry({ name: 'r', url: hanging.url, timeoutMs: 50 }), ask)).toMatchObject({
      name: 'UnreachableError',
    });
    await expect.poll(() => hanging.open()).toBe(0);
  });
});

describe('npmRegistry keeps the laws of page sources', () => {
  const create = async () => {
    const server = await registry(numbered(5));
    return {
      source: npmRegistry({ name: 'r', url: `${server.url}/npm` }),
      query: { query: 'rx' },
      key,
      calls: () => server.requests.length,
      liveCalls: server.open,
      close: server.close,
    };
  };
  for (const law of pageSourceLaws(create)) it(law.name, law.check);
});
