import { describe, expect, it } from 'vitest';
import { restList, type RestListOptions } from '../../../lib/adapters/packages/restList.ts';
import { pageSourceLaws } from '../../../lib/testing/pageSourceLaws.ts';
import { json, serve } from './support/serve.ts';
import { failureOf, itemsOf, key, listOf, pageOf } from './support/walk.ts';

const parts = ['bolt', 'nut', 'screw', 'washer', '～', '😀'].map((id, i) => ({
  id,
  version: `1.${i}`,
  description: `a ${id}`,
}));

/** A list API with tokens in the body: `?max=2&at=…` -> `{ data: { parts }, page: { next } }`. */
const tokens = (items: readonly unknown[] = parts) =>
  serve((url, response) => {
    const at = url.searchParams.get('at');
    const from = at === null ? 0 : Number(/^at-(\d+)$/.exec(at)?.[1] ?? NaN);
    if (Number.isNaN(from)) {
      json(response, { error: 'no such token' }, 400);
      return;
    }
    const to = from + Number(url.searchParams.get('max') ?? 2);
    json(response, { data: { parts: items.slice(from, to) }, page: { next: to < items.length ? `at-${to}` : null } });
  });

const options = (url: string, more: Partial<RestListOptions> = {}): RestListOptions => ({
  name: 'rest',
  url: `${url}/v1/parts?kind=all`,
  items: 'data.parts',
  nextPageToken: '/page/next',
  pageSizeParam: 'max',
  pageTokenParam: 'at',
  key: 'id',
  ...more,
});

/** A list API with `Link` headers. */
const links = (target: (to: number) => string = (to) => `</v1/parts?from=${to}>; rel="next"`) =>
  serve((url, response) => {
    const from = Number(url.searchParams.get('from') ?? 0);
    const to = from + Number(url.searchParams.get('per_page') ?? 2);
    json(response, parts.slice(from, to), 200, to < parts.length ? { link: target(to) } : {});
  });

const linked = (url: string): RestListOptions => ({
  name: 'rest',
  url: `${url}/v1/parts`,
  nextPageToken: 'link',
  pageSizeParam: 'per_page',
  key: '/id',
});

describe('restList', () => {
  it('reads page after page by the token in the answer', async () => {
    const server = await tokens();

    expect(await itemsOf(restList(options(server.url)), { pageSize: 4 })).toEqual(
      parts.map(({ id, version, description }) => ({ name: id, version, source: 'rest', description })),
    );
    expect(server.requests).toEqual(['/v1/parts?kind=all&max=4', '/v1/parts?kind=all&max=4&at=at-4']);
  });

  it('reads page after page by the Link header', async () => {
    const server = await links();

    expect(await listOf(restList(linked(server.url)), { pageSize: 3 })).toHaveLength(parts.length);
    expect(server.requests).toEqual(['/v1/parts?per_page=3', '/v1/parts?from=3', '/v1/parts?from=5']);
  });

  it('does not follow a link to another server', async () => {
    const server = await links(() => '<http://127.0.0.2:1/>; rel="next"');

    expect(await failureOf(restList(linked(server.url)), { pageSize: 2 })).toMatchObject({ name: 'RefusedError' });
    expect(server.requests).toHaveLength(1);
  });

  it('asks for no more than maxPageSize, and for nothing without pageSizeParam', async () => {
    const server = await tokens();
    await pageOf(restList(options(server.url, { maxPageSize: 3 })), { pageSize: 100 });
    await pageOf(restList(options(server.url, { pageSizeParam: undefined })), { pageSize: 100 });

    expect(server.requests).toEqual(['/v1/parts?kind=all&max=3', '/v1/parts?kind=all']);
  });

  it('joins several key fields, reads numbers as text, and finds fields where it is told', async () => {
    const server = await serve((_, response) =>
      json(response, [
        { group: 'g', 'a/b': 7, meta: { rev: 2, text: 'seven\n lines' } },
        { group: 'h', 'a/b': 1, meta: {} },
      ]),
    );
    const source = restList({
      name: 'rest',
      url: server.url,
      nextPageToken: 'next',
      key: ['group', '/a~1b'],
      fields: { version: 'meta.rev', description: '/meta/text' },
    });

    expect(await itemsOf(source)).toEqual([
      { name: 'g/7', version: '2', source: 'rest', description: 'seven lines' },
      { name: 'h/1', version: '', source: 'rest' },
    ]);
  });

  it('takes numbers as tokens, and null, nothing and an empty text as the end', async () => {
    for (const end of [{ next: null }, {}, { next: '' }]) {
      const server = await serve((url, response) =>
        json(
          response,
          url.searchParams.get('pageToken') === '2'
            ? { list: [{ id: 'b' }], ...end }
            : { list: [{ id: 'a' }], next: 2 },
        ),
      );
      const source = restList({ name: 'rest', url: server.url, items: 'list', nextPageToken: 'next', key: 'id' });
      expect(await listOf(source)).toEqual(['a ', 'b ']);
    }
  });

  it('filters for a server that cannot search, without giving empty pages', async () => {
    const many = Array.from({ length: 1_000 }, (_, i) => ({
      id: `p${String(i).padStart(4, '0')}`,
      description: i === 950 ? 'A Needle' : '',
    }));
    const server = await tokens(many);
    const page = await pageOf(restList(options(server.url)), { query: { query: 'needle' }, pageSize: 2 });

    expect(page.items.map(({ name }) => name)).toEqual(['p0950']);
    expect(server.requests).toHaveLength(10);
    expect(await listOf(restList(options(server.url)), { query: { query: 'nothing' } })).toEqual([]);
  });

  it('shows that it goes on after 100 pages without a match', async () => {
    const server = await serve((url, response) =>
      json(response, { data: { parts: [] }, page: { next: Number(url.searchParams.get('at') ?? 0) + 1 } }),
    );
    const page = await pageOf(restList(options(server.url)), { query: { query: 'x' } });

    expect(page).toMatchObject({ items: [], nextPageToken: '100' });
    expect(server.requests).toHaveLength(100);
  });

  it('hands the query to a server that can search', async () => {
    const server = await tokens([{ id: 'bolt' }, { id: 'nut' }]);
    const source = restList(options(server.url, { queryParam: 'q' }));

    expect(await listOf(source, { query: { query: 'bolt & co' } })).toEqual([]);
    expect(server.requests[0]).toContain('q=bolt+%26+co');
    await listOf(source, { query: { query: '' } });
    expect(server.requests.at(-1)).not.toContain('q=');
  });

  it('names every bad item with its place', async () => {
    const server = await tokens([{ id: 'a' }, { id: null }, 'text', { id: '' }, { id: 'b', version: {} }]);
    const error = await failureOf(restList(options(server.url)));

    expect(error).toMatchObject({
      name: 'DecodeError',
      where: `${server.url}/v1/parts`,
      faults: [
        { at: '/data/parts/1/id', expected: 'a text', found: 'null' },
        { at: '/data/parts/2/id', expected: 'a text', found: 'missing' },
        { at: '/data/parts/3/id', expected: 'a text', found: '""' },
        { at: '/data/parts/4/version', expected: 'a text', found: 'an object' },
      ],
    });
  });

  it.each([
    ['{"data":{"parts":{}}}', 'DecodeError', '/data/parts must be a list, not an object'],
    ['{"data":null}', 'DecodeError', '/data/parts must be a list, not missing'],
    ['{"data":{"parts":[]},"page":{"next":{}}}', 'DecodeError', '/page/next'],
    ['{"__proto__":{"data":{"parts":[]}}}', 'DecodeError', '/data/parts must be a list, not missing'],
    ['[', 'FormatError', 'not JSON'],
    ['', 'FormatError', 'not JSON'],
  ])('fails for the answer %s', async (body, name, message) => {
    const server = await serve((_, response) => response.end(body));

    expect(await failureOf(restList(options(server.url)))).toMatchObject({
      name,
      message: expect.stringContaining(message) as string,
    });
  });

  it('sends its headers, and shows no secret of the URL when it fails', async () => {
    const server = await serve((_, response, request) =>
      response.writeHead(request.headers['x-key'] === 'k' ? 500 : 401).end(),
    );
    const url = `${server.url}/v1?apikey=secret`;
    const error = await failureOf(restList(options('', { url, headers: { 'x-key': 'k' } })));

    expect(error).toMatchObject({ name: 'UnreachableError' });
    expect(String(error)).not.toContain('secret');
  });

  it('X3 X4 leaves no request open when its page is no longer wanted', async () => {
    const server = await serve(() => undefined);
    const leaving = new AbortController();
    const page = pageOf(restList(options(server.url)), { signal: leaving.signal }).catch((error: unknown) => error);
    await expect.poll(() => server.open()).toBe(1);
    leaving.abort(new Error('left'));

    expect(await page).toMatchObject({ message: 'left' });
    await expect.poll(() => server.open()).toBe(0);
  });
});

describe.each([
  ['by tokens', tokens, options],
  ['by links', links, linked],
])('restList %s keeps the laws of page sources', (kind, start, settings) => {
  const create = async () => {
    const server = await start();
    return {
      source: restList(settings(server.url)),
      query: {},
      key,
      calls: () => server.requests.length,
      liveCalls: server.open,
      close: server.close,
    };
  };
  for (const law of pageSourceLaws(create)) it(law.name, law.check);
});
