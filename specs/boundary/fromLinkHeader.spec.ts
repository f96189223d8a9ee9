import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromLinkHeader, type LinkRequest } from '../../lib/boundary/fromLinkHeader.ts';
import { FormatError, RefusedError } from '../../lib/contracts/failure.ts';
import { InvalidPageTokenError } from '../../lib/contracts/pageTokenFailure.ts';
import { pageSourceLaws } from '../../lib/testing/pageSourceLaws.ts';
import { OptionError } from '../../operators/errors.ts';
import { itemsOf, pageOf, walk } from './support/pages.ts';

const items = Array.from({ length: 20 }, (_, i) => i);
const first = ({ pageSize }: { pageSize: number }) => `https://list.example/items?size=${pageSize}`;

/** An upstream with pages by number and links as GitHub writes them. */
function answer({ url }: LinkRequest<unknown>): { items: number[]; link: string | null } {
  const { searchParams } = new URL(url);
  const page = Number(searchParams.get('page') ?? 1);
  const size = Number(searchParams.get('size'));
  const next = `</items?size=${size}&page=${page + 1}>; rel="next"`;
  const last = `<https://list.example/items?size=${size}&page=9>; rel="last"`;
  return { items: items.slice((page - 1) * size, page * size), link: page * size < 20 ? `${last}, ${next}` : last };
}

const linking = (link: string | null | undefined) =>
  fromLinkHeader({ name: 'x', url: first, fetch: () => of({ items: [1], link }) });

describe('fromLinkHeader', () => {
  for (const law of pageSourceLaws(() => {
    let calls = 0;
    const fetch = async (request: LinkRequest<unknown>) => {
      calls++;
      return answer(request);
    };
    const source = fromLinkHeader({ name: 'x', url: first, fetch });
    return { source, query: {}, key: (n: number) => n, items, calls: () => calls };
  })) {
    it(law.name, law.check);
  }

  it('follows links relative to the page they came with', async () => {
    const seen: string[] = [];
    const source = fromLinkHeader({
      name: 'x',
      url: () => new URL('https://list.example/a/b?page=1'),
      fetch: ({ url }) => {
        seen.push(url);
        return of({
          items: [1],
          link: ['<?page=2>; rel=next', '<../c>; rel=next', '<//list.example:443/d>; rel=next'][seen.length - 1],
        });
      },
    });
    await walk(source, 1);
    expect(seen).toEqual([
      'https://list.example/a/b?page=1',
      'https://list.example/a/b?page=2',
      'https://list.example/c',
      'https://list.example/d',
    ]);
  });

  it('builds the first address from query and size', async () => {
    const source = fromLinkHeader({
      name: 'x',
      url: ({ query, pageSize }: { query: { text: string }; pageSize: number }) =>
        `https://list.example/?q=${query.text}&n=${pageSize}`,
      fetch: ({ url }) => of({ items: [url] }),
    });
    expect(itemsOf(await walk(source, 7, { query: { text: 'fig' } }))).toEqual(['https://list.example/?q=fig&n=7']);
  });

  it.each([undefined, null, '', '</prev>; rel=prev', '</x>; rel=next; anchor="/elsewhere"', '</x>; title=next'])(
    'ends at the header %j',
    async (link) => {
      expect(await pageOf(linking(link), { pageSize: 1 })).toEqual({ items: [1] });
    },
  );

  it.each([
    'https://evil.example/',
    '//evil.example/',
    'http://list.example/',
    'https://list.example:8443/',
    'https://list.example.evil.example/',
    'https://list.example@evil.example/',
    'file:///etc/passwd',
    'data:,x',
    'javascript:1',
    'https://',
  ])('refuses a next link that leads to %s', async (target) => {
    await expect(pageOf(linking(`<${target}>; rel=next`), { pageSize: 1 })).rejects.toBeInstanceOf(RefusedError);
  });

  it('errors when the header cannot be read, for the next page may stand in it', async () => {
    await expect(pageOf(linking('</x; rel=next'), { pageSize: 1 })).rejects.toBeInstanceOf(FormatError);
  });

  it.each(['x', '/items?page=2', 'https://evil.example/items', 'https://list.example', 'HTTPS://list.example/', '%'])(
    'refuses the page token %j, and asks nobody',
    async (pageToken) => {
      let calls = 0;
      const fetch = () => {
        calls++;
        return of({ items: [1] });
      };
      const source = fromLinkHeader({ name: 'x', url: first, fetch });
      await expect(pageOf(source, { pageSize: 1, pageToken })).rejects.toBeInstanceOf(InvalidPageTokenError);
      expect(calls).toBe(0);
    },
  );

  it.each(['/items', 'ftp://list.example/', 'about:blank'])('refuses to begin at %j', async (url) => {
    const source = fromLinkHeader({ name: 'x', url: () => url, fetch: () => of({ items: [1] }) });
    await expect(pageOf(source, { pageSize: 1 })).rejects.toBeInstanceOf(OptionError);
  });
});
