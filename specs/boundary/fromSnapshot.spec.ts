import fc from 'fast-check';
import { NEVER, of, Subject, throwError } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { canonicalJson } from '../../lib/boundary/canonicalJson.ts';
import { fromSnapshot, type SnapshotOptions } from '../../lib/boundary/fromSnapshot.ts';
import { UnreachableError } from '../../lib/contracts/failure.ts';
import { comparePageKeys, type PageKey } from '../../lib/contracts/pageKey.ts';
import { InvalidPageTokenError } from '../../lib/contracts/pageTokenFailure.ts';
import { pageSourceLaws } from '../../lib/testing/pageSourceLaws.ts';
import { runs } from '../support/seed.ts';
import { createDriftingList, someDrift } from './support/drift.ts';
import { itemsOf, pageOf, walk } from './support/pages.ts';

interface Fruit {
  readonly name: string;
  readonly n: number;
}

const fruit = (name: string, n = 0): Fruit => ({ name, n });
const fruits = ['pear', 'apple', 'fig', 'kiwi', 'date'].map((name) => fruit(name));
const sorted = ['apple', 'date', 'fig', 'kiwi', 'pear'].map((name) => fruit(name));
const byName = ({ name }: Fruit) => name;

/** A source of fruits that counts its loads. */
function counted(options: Partial<SnapshotOptions<Fruit, unknown, PageKey>> = {}) {
  let loads = 0;
  const load = () => {
    loads++;
    return of(fruits);
  };
  return { source: fromSnapshot<Fruit>({ name: 'fruits', load, key: byName, ...options }), loads: () => loads };
}

describe('fromSnapshot', () => {
  for (const law of pageSourceLaws(() => {
    const { source, loads } = counted();
    return { source, query: undefined, key: byName, items: sorted, calls: loads };
  })) {
    it(law.name, law.check);
  }

  for (const law of pageSourceLaws(() => {
    const items = Array.from({ length: 20 }, (_, i) => fruit(`fruit ${i % 4}`, i));
    const matches = ({ n }: Fruit, { odd }: { odd: boolean }) => (n % 2 === 1) === odd;
    const source = fromSnapshot({ name: 'odd', load: () => Promise.resolve(items), key: byName, matches });
    return { source, query: { odd: true }, key: byName };
  })) {
    it(`${law.name} (equal keys, filtered)`, law.check);
  }

  it('says that its tokens are places in the order', () => {
    expect(counted().source).toMatchObject({ name: 'fruits', paging: 'keyset' });
  });

  it('gives the list in order, equal keys as they were loaded, in pages of any size', async () => {
    const someFruit = fc.record({ name: fc.constantFrom('', 'a', 'b', '\uff5a', '😀', '\ud800'), n: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(someFruit, { maxLength: 20 }),
        fc.integer({ min: 1, max: 7 }),
        fc.nat(3),
        async (...world) => {
          const [list, pageSize, wanted] = world;
          const matches = ({ n }: Fruit) => n !== wanted;
          const source = fromSnapshot<Fruit>({ name: 'x', load: () => of(list), key: byName, matches });
          const pages = await walk(source, pageSize);

          const expected = list.filter(matches).sort((a, b) => comparePageKeys(a.name, b.name));
          expect(itemsOf(pages)).toStrictEqual(expected);
          expect(pages).toHaveLength(Math.max(1, Math.ceil(expected.length / pageSize))); // no empty page at the end
        },
      ),
      runs(),
    );
  });

  it('orders by compare, and goes on from its own tokens in that order', async () => {
    const compare = (a: string, b: string) => (a < b ? 1 : a > b ? -1 : 0);
    const source = fromSnapshot({ name: 'x', load: () => of(fruits), key: byName, compare });
    expect(itemsOf(await walk(source, 2))).toEqual([...sorted].reverse());
  });

  it('takes keys of several parts, and numbers by value', async () => {
    const list = [fruit('b', 10), fruit('b', 9), fruit('a', 100)];
    const source = fromSnapshot({ name: 'x', load: () => of(list), key: ({ name, n }) => [name, n] });
    expect(itemsOf(await walk(source, 1))).toEqual([fruit('a', 100), fruit('b', 9), fruit('b', 10)]);
  });

  it('looks at no more items than a page needs', async () => {
    let looks = 0;
    const list = Array.from({ length: 10_000 }, (_, n) => fruit(String(n).padStart(5, '0'), n));
    const matches = () => ++looks > 0;
    const source = fromSnapshot({ name: 'x', load: () => of(list), key: byName, matches });
    const { nextPageToken } = await pageOf(source, { pageSize: 5, pageToken: canonicalJson(['04999', 1]) });

    expect(nextPageToken).toBe(canonicalJson(['05004', 1]));
    expect(looks).toBe(7); // the item of the token, five, and one to know that there are more
  });

  it('M16 gives every item that stays exactly once, in order, while others come and go', async () => {
    await fc.assert(
      fc.asyncProperty(someDrift(5), async (drift) => {
        const { items, stayed, change } = createDriftingList(drift);
        const source = fromSnapshot({ name: 'x', load: () => of([...items]), key: (n) => n, maxAgeMs: 0 });
        const given = itemsOf(await walk(source, drift.pageSize, { between: change }));

        expect(given).toEqual([...new Set(given)].sort((a, b) => a - b));
        expect(given).toEqual(expect.arrayContaining([...stayed]));
      }),
      runs(),
    );
  });

  it('goes on after a key that is gone', async () => {
    let list = sorted;
    const source = fromSnapshot({ name: 'x', load: () => of(list), key: byName, maxAgeMs: 0 });
    const { nextPageToken } = await pageOf(source, { pageSize: 3 });
    list = list.filter(({ name }) => name !== 'fig');
    expect(await pageOf(source, { pageSize: 3, pageToken: nextPageToken })).toEqual({ items: sorted.slice(3) });
  });

  it('passes over no more equal keys than were given under that very key', async () => {
    let list = [fruit('a', 1), fruit('a', 2), fruit('b', 1), fruit('b', 2)];
    const source = fromSnapshot({ name: 'x', load: () => of(list), key: byName, maxAgeMs: 0 });
    const { nextPageToken } = await pageOf(source, { pageSize: 2 });
    list = list.filter(({ name }) => name === 'b');
    expect(await pageOf(source, { pageSize: 2, pageToken: nextPageToken })).toEqual({ items: list });
  });

  it.each(['', 'x', '[]', '["apple"]', '["apple",0]', '["apple",1.5]', '["apple",-1]', '[{},1]', '[null,1]'])(
    'refuses the page token %j unless it is empty',
    async (pageToken) => {
      const page = pageOf(counted().source, { pageSize: 1, pageToken });
      if (pageToken === '') expect((await page).items).toEqual([fruit('apple')]);
      else await expect(page).rejects.toBeInstanceOf(InvalidPageTokenError);
    },
  );

  it('K3 refuses another spelling of a page token', async () => {
    const { source } = counted();
    const { nextPageToken } = await pageOf(source, { pageSize: 1 });
    expect(nextPageToken).toBe('["apple",1]');
    for (const pageToken of ['["apple", 1]', ' ["apple",1]', '["\\u0061pple",1]', '["apple",1.0]', '["apple",1e0]']) {
      await expect(pageOf(source, { pageSize: 1, pageToken })).rejects.toBeInstanceOf(InvalidPageTokenError);
    }
  });
});

describe('the list that fromSnapshot keeps', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  it('is loaded once a minute, from the end of its load', async () => {
    const loaded = new Subject<readonly Fruit[]>();
    let loads = 0;
    const load = () => {
      loads++;
      return loaded;
    };
    const source = fromSnapshot({ name: 'x', load, key: byName });
    const first = pageOf(source, { pageSize: 1 });
    vi.setSystemTime(90_000);
    loaded.next(fruits);
    await first;

    vi.setSystemTime(90_000 + 59_999);
    await pageOf(source, { pageSize: 1 });
    expect(loads).toBe(1);

    vi.setSystemTime(90_000 + 60_000);
    const second = pageOf(source, { pageSize: 1 });
    expect(loads).toBe(2);
    loaded.next(fruits);
    await second;
  });

  it('is loaded for every page when it may have no age', async () => {
    const { source, loads } = counted({ maxAgeMs: 0 });
    await walk(source, 2);
    expect(loads()).toBe(3);
  });

  it('is loaded again when its version changes, and only then', async () => {
    let version = 'a';
    let asked = 0;
    const { source, loads } = counted({
      version: () => {
        asked++;
        return Promise.resolve(version);
      },
    });
    await pageOf(source, { pageSize: 1 });
    vi.setSystemTime(10 ** 9);
    await pageOf(source, { pageSize: 1 });
    expect([asked, loads()]).toEqual([2, 1]);

    version = 'b';
    await pageOf(source, { pageSize: 1 });
    expect([asked, loads()]).toEqual([3, 2]);
  });

  it('is loaded again when it changed while it was loaded', async () => {
    let version = 'a';
    let loads = 0;
    const load = () => {
      loads++;
      version = 'b'; // what was read may be older than this
      return of(fruits);
    };
    const source = fromSnapshot({ name: 'x', load, key: byName, version: () => of(version) });
    await walk(source, 3);
    expect(loads).toBe(2);
  });

  it('is loaded once for fetches at the same time', async () => {
    const loaded = new Subject<readonly Fruit[]>();
    let loads = 0;
    const load = () => {
      loads++;
      return loaded;
    };
    const source = fromSnapshot({ name: 'x', load, key: byName });
    const pages = Promise.all([pageOf(source, { pageSize: 1 }), pageOf(source, { pageSize: 2 })]);
    loaded.next(fruits);

    expect((await pages).map(({ items }) => items.length)).toEqual([1, 2]);
    expect(loads).toBe(1);
  });

  it('is no longer loaded once the last of those who wait has left', () => {
    const signals: AbortSignal[] = [];
    const load = ({ signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return NEVER;
    };
    const source = fromSnapshot({ name: 'x', load, key: byName });
    const callers = [new AbortController(), new AbortController()];
    const failed = callers.map(({ signal }) =>
      pageOf(source, { pageSize: 1, signal }).catch((error: unknown) => error),
    );

    callers[0]!.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    callers[1]!.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);

    void pageOf(source, { pageSize: 1 });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]); // the next caller starts over
    return Promise.all(failed);
  });

  it('is not kept when its load fails', async () => {
    let failures = 1;
    const failure = new Error('no file');
    const load = () => (failures-- > 0 ? throwError(() => failure) : of(fruits));
    const source = fromSnapshot({ name: 'x', load, key: byName });

    await expect(pageOf(source, { pageSize: 1 })).rejects.toBe(failure);
    expect((await pageOf(source, { pageSize: 1 })).items).toEqual([fruit('apple')]);
  });

  it('fails with what the version fails with', async () => {
    const failure = new Error('no directory');
    const { source, loads } = counted({ version: () => throwError(() => failure) });
    await expect(pageOf(source, { pageSize: 1 })).rejects.toBe(failure);
    expect(loads()).toBe(0);
  });

  it('must come: a load that gives none is unreachable', async () => {
    const source = fromSnapshot<Fruit>({ name: 'fruits', load: () => of(), key: byName });
    await expect(pageOf(source, { pageSize: 1 })).rejects.toBeInstanceOf(UnreachableError);
  });

  it('is one for all queries where the source filters, and one per query where its upstream does', async () => {
    const seen: unknown[] = [];
    const load = ({ query }: { query: unknown }) => {
      seen.push(query);
      return of(fruits);
    };
    const upstream = fromSnapshot({ name: 'x', load, key: byName, maxLists: 2 });
    for (const query of [{ a: 1, b: 2 }, { b: 2, a: 1 }, 'second', { a: 1, b: 2 }])
      await pageOf(upstream, { pageSize: 1, query });
    expect(seen).toEqual([{ a: 1, b: 2 }, 'second']);

    await pageOf(upstream, { pageSize: 1, query: 'third' }); // drops `second`, used longest ago
    await pageOf(upstream, { pageSize: 1, query: { a: 1, b: 2 } });
    expect(seen).toEqual([{ a: 1, b: 2 }, 'second', 'third']);
    await pageOf(upstream, { pageSize: 1, query: 'second' });
    expect(seen).toHaveLength(4);

    const filtering = counted({ matches: () => true });
    await pageOf(filtering.source, { pageSize: 1, query: 'a' });
    await pageOf(filtering.source, { pageSize: 1, query: 'b' });
    expect(filtering.loads()).toBe(1);
  });
});
