import fc from 'fast-check';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromOffset, type OffsetRequest } from '../../lib/boundary/fromOffset.ts';
import { InvalidPageTokenError } from '../../lib/contracts/pageTokenFailure.ts';
import { SourceLoopError } from '../../lib/contracts/sourceFailure.ts';
import { pageSourceLaws } from '../../lib/testing/pageSourceLaws.ts';
import { OptionError } from '../../operators/errors.ts';
import { runs } from '../support/seed.ts';
import { createDriftingList, someDrift } from './support/drift.ts';
import { itemsOf, pageOf, walk } from './support/pages.ts';

const range = (length: number) => Array.from({ length }, (_, i) => i);

/** An upstream over a list that may change, which remembers what it was asked. */
function upstream<T>(items: readonly T[], { cap = Infinity } = {}) {
  const asked: { offset: number; limit: number }[] = [];
  const answer = ({ offset, limit }: OffsetRequest<unknown>): T[] => {
    asked.push({ offset, limit });
    return items.slice(offset, offset + Math.min(limit, cap));
  };
  return { asked, answer };
}

describe('fromOffset', () => {
  for (const law of pageSourceLaws(() => {
    const { asked, answer } = upstream(range(20));
    const source = fromOffset({ name: 'x', fetch: (request) => Promise.resolve(answer(request)) });
    return { source, query: {}, key: (n: number) => n, items: range(20), calls: () => asked.length };
  })) {
    it(law.name, law.check);
  }

  for (const law of pageSourceLaws(() => {
    const { answer } = upstream(range(20), { cap: 5 });
    const fetch = (request: OffsetRequest<unknown>) => of({ items: answer(request), total: 20 });
    return { source: fromOffset({ name: 'x', fetch }), query: {}, key: (n: number) => n, items: range(20) };
  })) {
    it(`${law.name} (total known, fewer items than asked for)`, law.check);
  }

  it('asks for the last item of the page before once more, in the same call', async () => {
    const { asked, answer } = upstream(range(5));
    await walk(fromOffset({ name: 'x', fetch: (request) => of(answer(request)) }), 2);
    expect(asked).toEqual([
      { offset: 0, limit: 2 },
      { offset: 1, limit: 3 },
      { offset: 3, limit: 3 },
    ]);
  });

  it('ends exactly where the total says so, and one short page later where nothing does', async () => {
    const { answer } = upstream(range(4));
    const known = fromOffset({ name: 'x', fetch: (request) => of({ items: answer(request), total: 4 }) });
    const unknown = fromOffset({ name: 'x', fetch: (request) => of({ items: answer(request), total: null }) });
    expect((await walk(known, 2)).map(({ items }) => items)).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect((await walk(unknown, 2)).map(({ items }) => items)).toEqual([[0, 1], [2, 3], []]);
  });

  it('reads to the end an upstream that gives fewer than asked for, if told its limit', async () => {
    const { answer, asked } = upstream(range(20), { cap: 3 });
    const source = fromOffset({ name: 'x', fetch: (request) => of(answer(request)), maxLimit: 3 });
    expect(itemsOf(await walk(source, 10))).toEqual(range(20));
    expect(Math.max(...asked.map(({ limit }) => limit))).toBe(3);
  });

  it('uses a page larger than asked for in full', async () => {
    const items = range(10);
    const source = fromOffset({ name: 'x', fetch: ({ offset, limit }) => of(items.slice(offset, offset + limit + 3)) });
    expect(itemsOf(await walk(source, 2))).toEqual(items);
  });

  it('says that the list has moved, and gives what is new to this place', async () => {
    const items = ['a', 'b', 'c', 'd', 'e'];
    const source = fromOffset({ name: 'x', fetch: ({ offset, limit }) => of(items.slice(offset, offset + limit)) });
    const { nextPageToken } = await pageOf(source, { pageSize: 2 });

    expect(await pageOf(source, { pageSize: 2, pageToken: nextPageToken })).not.toHaveProperty('shifted');
    items.shift(); // a
    expect(await pageOf(source, { pageSize: 2, pageToken: nextPageToken })).toMatchObject({
      items: ['c', 'd', 'e'],
      shifted: true,
    });
    items.unshift('A', 'a');
    expect(await pageOf(source, { pageSize: 2, pageToken: nextPageToken })).toMatchObject({
      items: ['a', 'b', 'c'],
      shifted: true,
    });
    items.length = 0;
    expect(await pageOf(source, { pageSize: 2, pageToken: nextPageToken })).toEqual({ items: [], shifted: true });
  });

  it('knows an item again by its key, or by all of its data', async () => {
    let stars = 1;
    const list = () => ['a', 'b', 'c'].map((name) => ({ name, stars }));
    const fetch = ({ offset, limit }: OffsetRequest<unknown>) => of(list().slice(offset, offset + limit));
    const shifted = async (source: ReturnType<typeof fromOffset<{ name: string; stars: number }>>) => {
      const { nextPageToken } = await pageOf(source, { pageSize: 1 });
      stars++;
      return (await pageOf(source, { pageSize: 1, pageToken: nextPageToken })).shifted ?? false;
    };
    expect(await shifted(fromOffset({ name: 'x', fetch }))).toBe(true);
    expect(await shifted(fromOffset({ name: 'x', fetch, key: ({ name }) => name }))).toBe(false);
  });

  it('gives every item that stays exactly once, or says that the list has moved', async () => {
    let unmoved = 0;
    await fc.assert(
      fc.asyncProperty(someDrift(3), async (drift) => {
        const { items, stayed, change } = createDriftingList(drift);
        const source = fromOffset({ name: 'x', fetch: ({ offset, limit }) => of(items.slice(offset, offset + limit)) });
        const pages = await walk(source, drift.pageSize, { between: change });
        const given = itemsOf(pages);

        if (pages.some(({ shifted }) => shifted)) return;
        if (pages.length > 1 && drift.changes.some(({ length }) => length > 0)) unmoved++;
        expect(given).toEqual([...new Set(given)].sort((a, b) => a - b));
        expect(given).toEqual(expect.arrayContaining([...stayed]));
      }),
      runs(),
    );
    expect(unmoved).toBeGreaterThan(50); // lists that changed behind the walk only
  });

  it('M16 loses no item that stays to one change between two pages', async () => {
    await fc.assert(
      fc.asyncProperty(someDrift(1), async (drift) => {
        const { items, stayed, change } = createDriftingList(drift);
        const source = fromOffset({ name: 'x', fetch: ({ offset, limit }) => of(items.slice(offset, offset + limit)) });
        expect(itemsOf(await walk(source, drift.pageSize, { between: change }))).toEqual(
          expect.arrayContaining([...stayed]),
        );
      }),
      runs(),
    );
  });

  it('M12 ends a walk to a total that is never reached with SourceLoopError', async () => {
    const { answer } = upstream(range(3));
    const source = fromOffset({ name: 'x', fetch: (request) => of({ items: answer(request), total: 5 }) });
    await expect(walk(source, 2)).rejects.toBeInstanceOf(SourceLoopError);
  });

  it.each(['0', '[]', '[0,"f"]', '[1.5,"f"]', '[-1,"f"]', '[1]', '[1,2]', '{"o":1}', '[9007199254740992,"f"]'])(
    'refuses the page token %j',
    async (pageToken) => {
      const source = fromOffset({ name: 'x', fetch: () => of([1]) });
      await expect(pageOf(source, { pageSize: 1, pageToken })).rejects.toBeInstanceOf(InvalidPageTokenError);
    },
  );

  it('refuses a limit that leaves no room for a new item', () => {
    for (const maxLimit of [1, 0, -1, NaN]) {
      expect(() => fromOffset({ name: 'x', fetch: () => of([1]), maxLimit })).toThrow(OptionError);
    }
  });
});
