import fc from 'fast-check';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromKeyset, type KeysetRequest } from '../../lib/boundary/fromKeyset.ts';
import { comparePageKeys } from '../../lib/contracts/pageKey.ts';
import { InvalidPageTokenError } from '../../lib/contracts/pageTokenFailure.ts';
import { pageSourceLaws } from '../../lib/testing/pageSourceLaws.ts';
import { OptionError } from '../../operators/errors.ts';
import { runs } from '../support/seed.ts';
import { createDriftingList, someDrift } from './support/drift.ts';
import { itemsOf, pageOf, walk } from './support/pages.ts';

const range = (length: number) => Array.from({ length }, (_, i) => i);
const itself = (n: number) => n;

/** An upstream over numbers in order. */
const after =
  (items: readonly number[], cap = Infinity) =>
  (request: KeysetRequest<number, unknown>) =>
    of(items.filter((n) => n > (request.after ?? -Infinity)).slice(0, Math.min(request.limit, cap)));

describe('fromKeyset', () => {
  for (const law of pageSourceLaws(() => {
    let calls = 0;
    const fetch = (request: KeysetRequest<number, unknown>) => {
      calls++;
      return after(range(20))(request);
    };
    const source = fromKeyset({ name: 'x', key: itself, fetch });
    return { source, query: {}, key: itself, items: range(20), calls: () => calls };
  })) {
    it(law.name, law.check);
  }

  it('goes on after the key of the last item, whatever its parts', async () => {
    const rows = ['', 'a', '"', '\\', '\ud800', '😀', '[1]', '\u0000'].flatMap((name) => [
      { name, n: 0.5 },
      { name, n: -1e21 },
    ]);
    const key = ({ name, n }: (typeof rows)[number]) => [name, n] as const;
    rows.sort((a, b) => comparePageKeys(key(a), key(b)));
    const source = fromKeyset({
      name: 'x',
      key,
      fetch: (request: KeysetRequest<readonly [string, number], unknown>) => {
        const from = request.after;
        const later = rows.filter((row) => from === undefined || comparePageKeys(key(row), from) > 0);
        return of(later.slice(0, request.limit));
      },
    });
    expect(itemsOf(await walk(source, 1))).toEqual(rows);
  });

  it('M16 gives every item that stays exactly once, in order, while others come and go', async () => {
    await fc.assert(
      fc.asyncProperty(someDrift(5), async (drift) => {
        const { items, stayed, change } = createDriftingList(drift);
        const source = fromKeyset({ name: 'x', key: itself, fetch: (request) => after(items)(request) });
        const given = itemsOf(await walk(source, drift.pageSize, { between: change }));

        expect(given).toEqual([...new Set(given)].sort((a, b) => a - b));
        expect(given).toEqual(expect.arrayContaining([...stayed]));
      }),
      runs(),
    );
  });

  it('ends at the first page that is not full', async () => {
    const source = fromKeyset({ name: 'x', key: itself, fetch: after(range(4)) });
    expect((await walk(source, 3)).map(({ items }) => items)).toEqual([[0, 1, 2], [3]]);
    expect((await walk(source, 2)).map(({ items }) => items)).toEqual([[0, 1], [2, 3], []]);
  });

  it('reads to the end an upstream that gives fewer than asked for, if told its limit', async () => {
    const source = fromKeyset({ name: 'x', key: itself, fetch: after(range(20), 3), maxLimit: 3 });
    expect(itemsOf(await walk(source, 10))).toEqual(range(20));
    expect(() => fromKeyset({ name: 'x', key: itself, fetch: after([]), maxLimit: 0 })).toThrow(OptionError);
  });

  it.each(['1', '"a"', '[]', '[1,2]', '[null]', '[[1,null]]', '[ 1]', '[{}]'])(
    'refuses the page token %j',
    async (pageToken) => {
      const source = fromKeyset({ name: 'x', key: itself, fetch: after(range(3)) });
      await expect(pageOf(source, { pageSize: 1, pageToken })).rejects.toBeInstanceOf(InvalidPageTokenError);
    },
  );

  it('errors, and gives no token that would begin anew, when a key is not one', async () => {
    const source = fromKeyset({ name: 'x', key: () => NaN, fetch: after(range(3)) });
    await expect(pageOf(source, { pageSize: 1 })).rejects.toMatchObject({ code: 'not_json' });
  });
});
