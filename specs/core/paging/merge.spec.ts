import fc from 'fast-check';
import { from, of, takeUntil, tap, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { comparePageKeys } from '../../../lib/contracts/pageKey.ts';
import { PageSizeError } from '../../../lib/core/paging/pageSize.ts';
import { SourceLoopError, SourceOversizedError, SourceStalledError } from '../../../lib/contracts/sourceFailure.ts';
import type { PageSource } from '../../../lib/contracts/pageSource.ts';
import { ComparatorError, OptionError, SourceOrderError } from '../../../operators/index.ts';
import {
  aggregateOf,
  build,
  itemsOf,
  keyOf,
  reference,
  someWorld,
  sourcesOf,
  tokens,
  virtually,
  walk,
  type Item,
} from '../../support/paging.ts';
import { runs } from '../../support/seed.ts';
import { aggregatePages } from '../../../lib/core/paging/aggregatePages.ts';
import { fakePageSource } from '../../../lib/testing/fakePageSource.ts';

const distinctKeys = fc
  .uniqueArray(fc.integer({ min: 0, max: 999 }), { maxLength: 60 })
  .chain((keys) =>
    fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: keys.length, maxLength: keys.length })
      .map((owners) =>
        [0, 1, 2, 3].map((owner) =>
          keys.filter((_, i) => owners[i] === owner).map((key) => String(key).padStart(3, '0')),
        ),
      ),
  );

describe('aggregatePages', () => {
  it('M1 M3 M4 gives the stable sort of everything, whatever the timings and page sizes', () => {
    fc.assert(
      fc.property(someWorld, (world) => {
        const sources = build(world);
        const outcome = virtually(() => walk(aggregateOf(sources), world.sizes));

        expect(itemsOf(outcome)).toEqual(reference(sources));
        outcome.values.slice(0, -1).forEach(({ items }, page) => {
          expect(items).toHaveLength(world.sizes[page % world.sizes.length]!);
        });
      }),
      runs(),
    );
  });

  it('M1 gives the same item by item', () => {
    fc.assert(
      fc.property(someWorld, fc.nat(3), (world, prefetch) => {
        const sources = build(world);
        const { values, error } = virtually(() => aggregateOf(sources, { prefetch }).items().pipe(toArray()));

        expect(error).toBeUndefined();
        expect(values[0]).toEqual(reference(sources));
      }),
      runs(),
    );
  });

  it('M2 does not depend on the order in which sources answer', () => {
    const latencies = fc.array(fc.nat(50), { minLength: 15, maxLength: 15 });
    fc.assert(
      fc.property(someWorld, latencies, latencies, (world, slow, quick) => {
        const pagesWith = (latencies: number[]) =>
          virtually(() => walk(aggregateOf(build({ ...world, latencies })), world.sizes)).values.map(
            ({ items }) => items,
          );

        expect(pagesWith(slow)).toEqual(pagesWith(quick));
      }),
      runs(),
    );
  });

  it('M5 M6 asks a source for its next page only when the one in hand is used up, one call at a time', () => {
    fc.assert(
      fc.property(distinctKeys, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 40 }), (keys, own, size) => {
        const sources = sourcesOf(keys, () => ({ pageSize: own, latencyMs: (call) => call % 3, paging: 'offset' }));
        const [page] = virtually(() => aggregateOf(sources).page({ pageSize: size })).values;

        sources.forEach((source, index) => {
          const taken = page!.items.filter((item) => item.source === index).length;
          const given = Math.min(source.calls.length * own, source.items.length);
          expect(source.calls.length).toBeLessThanOrEqual(Math.ceil((taken + 1) / own) + 1);
          expect(given - taken).toBeLessThanOrEqual(own);
          expect(source.maxLiveCalls).toBeLessThanOrEqual(1);
        });
      }),
      runs(),
    );
  });

  it('M5 M6 reads at most `prefetch` pages ahead item by item', () => {
    fc.assert(
      fc.property(
        distinctKeys,
        fc.integer({ min: 1, max: 7 }),
        fc.nat(3),
        fc.nat(40),
        (keys, own, prefetch, stopAt) => {
          const sources = sourcesOf(keys, () => ({
            pageSize: own,
            latencyMs: (call) => 1 + (call % 3),
            paging: 'offset',
          }));
          const taken = sources.map(() => 0);
          const watch = () => {
            sources.forEach(({ calls, items }, index) => {
              const given = Math.min(calls.length * own, items.length);
              expect(given - taken[index]!).toBeLessThanOrEqual(own * (1 + prefetch) + own); // one of them not yet there
              expect(calls.length).toBeLessThanOrEqual(Math.ceil((taken[index]! + 1) / own) + 1 + prefetch);
            });
          };
          const count = ({ source }: Item) => {
            taken[source]!++;
            watch();
          };
          const { error } = virtually(() =>
            aggregateOf(sources, { prefetch })
              .items()
              .pipe(tap(count), takeUntil(timer(stopAt))),
          );

          expect(error).toBeUndefined();
          watch();
          expect(Math.max(0, ...sources.map(({ maxLiveCalls }) => maxLiveCalls))).toBeLessThanOrEqual(1);
        },
      ),
      runs(),
    );
  });

  it('M7 gives nothing before every source has shown a head', () => {
    fc.assert(
      fc.property(someWorld, (world) => {
        const sources = build(world);
        const { tookMs, values } = virtually(() => {
          let first: unknown;
          return aggregateOf(sources)
            .items()
            .pipe(
              tap(
                () =>
                  (first ??= sources.every(
                    ({ calls, liveCalls }) => (calls.length > 0 && liveCalls === 0) || calls.length > 1,
                  )),
              ),
              toArray(),
              tap(() => expect(first ?? true).toBe(true)),
            );
        });
        expect(values).toHaveLength(1);
        expect(tookMs).toBeGreaterThanOrEqual(Math.max(0, ...world.keys.map((_, i) => world.latencies[i * 3]!)));
      }),
      runs(),
    );
  });

  it('M9 ends with SourceOrderError when a source breaks its order', () => {
    const unsorted = fc.array(fc.integer({ min: 100, max: 120 }), { minLength: 1, maxLength: 20 });
    const sizes = fc.record({ own: fc.integer({ min: 1, max: 5 }), size: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(unsorted, sizes, (numbers, { own, size }) => {
        const items = numbers.map((number, position) => ({ key: String(number), source: 0, position }));
        const broken = fakePageSource({ name: 'broken', items, key: keyOf, paging: 'offset', pageSize: own });
        const [sound] = sourcesOf([['105', '110', '115']]);
        const expectedAt = items.findIndex(({ key }, i) => i > 0 && key < items[i - 1]!.key);
        const inOnePage = virtually(() => aggregateOf([broken, sound!]).page({ pageSize: 1_000 }));
        const inPages = virtually(() => walk(aggregateOf([broken, sound!]), [size]));

        if (expectedAt === -1) {
          expect(inOnePage.error).toBeUndefined();
          expect(inPages.error).toBeUndefined();
        } else {
          expect(inOnePage.error).toEqual(new SourceOrderError('broken', expectedAt));
          expect(inOnePage.values).toEqual([]);
          expect(inPages.error).toMatchObject({ name: 'SourceOrderError', source: 'broken' });
        }
        const keys = inPages.values.flatMap((page) => page.items).map(keyOf);
        expect(keys).toEqual([...keys].sort());
      }),
      runs(),
    );
  });

  it('M11 goes on after empty pages, up to a limit', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.nat(8), (empty, emptyPages) => {
        const { source, calls } = lateSource(empty);
        const { values, error } = virtually(() => aggregateOf([source], { limits: { emptyPages } }).page());

        if (empty <= emptyPages) expect(values[0]!.items.map(keyOf)).toEqual(['a', 'b']);
        else expect(error).toEqual(new SourceStalledError('late', emptyPages));
        expect(calls()).toBe(Math.min(empty, emptyPages) + 1);
      }),
      runs(),
    );
  });

  it('M11 takes no stack for a hundred thousand empty pages in a row', () => {
    const { source } = lateSource(100_000);
    const { values } = virtually(() => aggregateOf([source], { limits: { emptyPages: 100_000 } }).page());

    expect(values[0]!.items).toHaveLength(2);
  });

  it('M12 ends with SourceLoopError when page tokens lead back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        (tail, loop, empty) => {
          let calls = 0;
          const source: PageSource<Item> = {
            name: 'looping',
            fetch: ({ pageToken }) => {
              calls++;
              const at = pageToken === undefined ? 0 : Number(pageToken);
              const next = at + 1 < tail + loop ? at + 1 : tail;
              return of({ items: empty ? [] : [item('same')], nextPageToken: String(next) });
            },
          };
          const { error } = virtually(() => aggregateOf([source]).page({ pageSize: 1_000 }));

          expect(error).toEqual(new SourceLoopError('looping'));
          expect(calls).toBeLessThanOrEqual(3 * (tail + loop) + 4);
        },
      ),
      runs(),
    );
  });

  it('M13 uses pages larger and smaller than asked for in full', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }), (given) => {
        const keys = Array.from({ length: 100 }, (_, i) => String(i).padStart(3, '0'));
        const sources = sourcesOf([keys], () => ({ pageSize: (call) => given[call % given.length]! }));

        expect(itemsOf(virtually(() => walk(aggregateOf(sources, { cache: { maxItems: 1_000 } }), [100])))).toEqual(
          reference(sources),
        );
      }),
      runs(),
    );
  });

  it('M14 reads a page size of 0 or none as the default, cuts a large one down, and refuses the rest', () => {
    const keys = Array.from({ length: 70 }, (_, i) => String(i).padStart(3, '0'));
    const sizeOf = (pageSize: number | undefined) => {
      const sources = sourcesOf([keys, keys]);
      const { values, error } = virtually(() =>
        aggregateOf(sources, { pageSize: { default: 5, max: 30 } }).page({ pageSize }),
      );
      const asked = sources.flatMap(({ calls }) => calls.map(({ request }) => request.pageSize));
      expect(asked.every((size) => size >= 1)).toBe(true);
      return error ?? values[0]!.items.length;
    };
    const silly = fc.oneof(
      fc.integer({ max: -1 }),
      fc.double().filter((size) => !Number.isInteger(size)),
    );

    expect([undefined, 0, 1, 7, 30, 31, 2 ** 53 + 2].map(sizeOf)).toEqual([5, 5, 1, 7, 30, 30, 30]);
    fc.assert(
      fc.property(silly, (pageSize) => {
        expect(sizeOf(pageSize)).toBeInstanceOf(PageSizeError);
      }),
      runs(),
    );
  });

  it('M15 ends a comparator that throws, gives no number or contradicts itself in an error or a permutation', () => {
    const answers = fc.array(fc.constantFrom(-1, 0, 1, Number.NaN, undefined, 'throw'), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(someWorld, answers, (world, given) => {
        let asked = 0;
        const compare = () => {
          const answer = given[asked++ % given.length];
          if (answer === 'throw') throw new Error('no');
          return answer as number;
        };
        const sources = build({ ...world, offsets: world.offsets.map(() => true) });
        const { values, error } = virtually(() => aggregateOf(sources, { compare }).page({ pageSize: 1_000 }));

        if (error === undefined) {
          expect([...values[0]!.items].sort(byPlace)).toEqual(reference(sources).sort(byPlace));
        } else expect([ComparatorError, SourceOrderError]).toContain((error as Error).constructor);
        expect(sources.every(({ liveCalls }) => liveCalls === 0)).toBe(true);
      }),
      runs(),
    );
  });

  it('M15 keeps what the comparator threw as the cause', () => {
    const failure = new Error('no order');
    const compare = () => {
      throw failure;
    };
    const { error } = virtually(() => aggregateOf(sourcesOf([['a'], ['b']]), { compare }).page());

    expect(error).toBeInstanceOf(ComparatorError);
    expect((error as Error).cause).toBe(failure);
  });

  it('M17 is one empty page without sources', () => {
    expect(virtually(() => aggregateOf([]).page()).values).toEqual([{ items: [], nextPageToken: '' }]);
  });

  it('M17 is the source itself when there is one', () => {
    fc.assert(
      fc.property(someWorld, (world) => {
        const [source] = build({ ...world, keys: [world.keys[0] ?? []] });
        expect(itemsOf(virtually(() => walk(aggregateOf([source!]), world.sizes)))).toEqual(source!.items);
      }),
      runs(),
    );
  });

  it('M17 takes a source that is given twice for two', () => {
    fc.assert(
      fc.property(someWorld, (world) => {
        const [source] = build({ ...world, keys: [world.keys[0] ?? []], latencies: world.latencies.map(() => 0) });
        const twice = source!.items.flatMap((item) => [item, item]).sort((a, b) => comparePageKeys(a.key, b.key));
        const keys = itemsOf(virtually(() => walk(aggregateOf([source!, source!]), world.sizes))).map(keyOf);
        expect(keys).toEqual(twice.map(keyOf));
      }),
      runs(),
    );
  });

  it('refuses two sources of the same name', () => {
    const [a] = sourcesOf([['a']]);
    const [b] = sourcesOf([['b']]);
    expect(() => aggregateOf([a!, b!])).toThrow(OptionError);
  });

  it('refuses a page that is far too large', () => {
    const [source] = sourcesOf([['a', 'b', 'c']]);
    const { error } = virtually(() => aggregateOf([source!], { limits: { pageItems: 2 } }).page());
    expect(error).toEqual(new SourceOversizedError('s0', 3, 2));
  });

  it('orders keys of several parts, numbers among them, and by an own comparator', () => {
    const rows = [
      { name: 'b', at: 2 },
      { name: 'a', at: 10 },
      { name: 'a', at: 9 },
    ];
    const source = { name: 'rows', fetch: () => from([{ items: [rows[2]!, rows[1]!, rows[0]!] }]) };
    const byName = aggregatePages({ sources: [source], key: ({ name, at }) => [name, at] as const, tokens });
    const downwards = aggregatePages({
      sources: [{ ...source, fetch: () => of({ items: [rows[1]!, rows[2]!, rows[0]!] }) }],
      key: ({ at }) => at,
      compare: (a, b) => b - a,
      tokens,
    });

    expect(virtually(() => byName.page()).values[0]!.items).toEqual([rows[2], rows[1], rows[0]]);
    expect(virtually(() => downwards.page()).values[0]!.items.map(({ at }) => at)).toEqual([10, 9, 2]);
  });
});

function byPlace(a: Item, b: Item): number {
  return a.source - b.source || a.position - b.position;
}

/** A source whose first pages are empty, each with a token for the next. */
function lateSource(empty: number): { source: PageSource<Item>; calls: () => number } {
  let calls = 0;
  const source: PageSource<Item> = {
    name: 'late',
    fetch: ({ pageToken = '0' }) => {
      calls++;
      const page = Number(pageToken);
      return of(page < empty ? { items: [], nextPageToken: String(page + 1) } : { items: [item('a'), item('b')] });
    },
  };
  return { source, calls: () => calls };
}

function item(key: string): Item {
  return { key, source: 0, position: 0 };
}
