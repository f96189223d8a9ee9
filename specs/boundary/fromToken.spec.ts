import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromToken, type TokenAnswer } from '../../lib/boundary/fromToken.ts';
import { RefusedError } from '../../lib/contracts/failure.ts';
import type { PageRequest } from '../../lib/contracts/pageSource.ts';
import { pageSourceLaws } from '../../lib/testing/pageSourceLaws.ts';
import { pageOf, walk } from './support/pages.ts';

const items = Array.from({ length: 20 }, (_, i) => i);

/** An upstream whose tokens nobody else could read. */
function answer({ pageToken, pageSize }: PageRequest): TokenAnswer<number> {
  const at = pageToken === undefined ? 0 : Number(/^from-(\d+)$/.exec(pageToken)?.[1]);
  if (Number.isNaN(at)) throw new RefusedError('upstream', 'not a token');
  const next = at + pageSize;
  return { items: items.slice(at, next), nextPageToken: next < items.length ? `from-${next}` : undefined };
}

describe('fromToken', () => {
  for (const law of pageSourceLaws(() => {
    let calls = 0;
    const fetch = async (request: PageRequest) => {
      calls++;
      return answer(request);
    };
    return { source: fromToken({ name: 'x', fetch }), query: {}, key: (n: number) => n, items, calls: () => calls };
  })) {
    it(law.name, law.check);
  }

  it('hands over token, size and query as they are', async () => {
    const seen: unknown[] = [];
    const fetch = ({ query, pageToken, pageSize }: PageRequest) => {
      seen.push({ query, pageToken, pageSize });
      return of({ items: [1] });
    };
    await pageOf(fromToken({ name: 'x', fetch }), { query: { a: 1 }, pageToken: '%00="', pageSize: 3 });
    expect(seen).toEqual([{ query: { a: 1 }, pageToken: '%00="', pageSize: 3 }]);
  });

  it.each([undefined, null, ''])('ends at the token %j', async (nextPageToken) => {
    const source = fromToken({ name: 'x', fetch: () => of({ items: [1], nextPageToken }) });
    expect(await walk(source, 1)).toHaveLength(1);
  });

  it('says what its tokens stand for, if told', () => {
    const fetch = () => of({ items: [1] });
    expect(fromToken({ name: 'x', fetch }).paging).toBe('offset');
    expect(fromToken({ name: 'x', fetch, paging: 'keyset' }).paging).toBe('keyset');
  });
});
