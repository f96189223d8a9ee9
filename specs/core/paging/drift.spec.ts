import fc from 'fast-check';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromOffset } from '../../../lib/boundary/fromOffset.ts';
import type { AggregateOptions } from '../../../lib/core/paging/aggregate.ts';
import type { PageSource } from '../../../lib/contracts/pageSource.ts';
import type { FakePageSource } from '../../../lib/testing/fakePageSource.ts';
import { aggregateOf, atOnce, keyOf, sourcesOf, type Item } from '../../support/paging.ts';
import { runs } from '../../support/seed.ts';

/** A change of one source between two pages: an insert, or a removal of the nth item. */
const change = fc.record({
  source: fc.nat(2),
  insert: fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined }),
  nth: fc.nat(30),
});
const changing = fc.record({
  keys: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 18 }), { minLength: 1, maxLength: 3 }),
  own: fc.integer({ min: 1, max: 6 }),
  size: fc.integer({ min: 1, max: 8 }),
  changes: fc.array(fc.array(change, { maxLength: 3 }), { maxLength: 30 }),
});
type Changing = typeof changing extends fc.Arbitrary<infer W> ? W : never;

const text = (key: number) => String(key).padStart(2, '0');

describe('aggregatePages, while the lists change between its pages', () => {
  const kinds: [string, (sources: FakePageSource<Item>[]) => PageSource<Item>[], 'keyset' | 'offset'][] = [
    ['keyset sources', (sources) => sources, 'keyset'],
    ['opaque sources that count', (sources) => sources, 'offset'],
    ['fromOffset', (sources) => sources.map(overlapping), 'offset'],
  ];
  const modes: [string, Partial<AggregateOptions<Item, unknown>>][] = [
    ['', {}],
    [', page cache off', { cache: { maxItems: 0 } }],
  ];

  for (const [kind, adapt, paging] of kinds) {
    for (const [mode, options] of modes) {
      it(`M16 gives nothing twice, stays in order and reports possible gaps: ${kind}${mode}`, () => {
        fc.assert(
          fc.property(changing, (world) => {
            const sources = sourcesOf(
              world.keys.map((keys) => keys.map(text)),
              () => ({ pageSize: world.own, paging }),
            );
            const steady = sources.flatMap(({ items }) => items);
            const seen = walkWhileChanging(world, sources, aggregateOf(adapt(sources), options), steady);
            const keys = seen.items.map(({ key, source }) => `${key} ${source}`);

            expect(new Set(keys).size).toBe(keys.length);
            expect(keys).toEqual([...keys].sort());
            const lost = seen.steady.filter((item) => !seen.items.includes(item));
            if (paging === 'keyset') expect(lost).toEqual([]);
            else if (lost.length > 0) expect(seen.possibleGap).toBe(true);
            if (paging === 'keyset') expect(seen.possibleGap).toBe(false);
          }),
          runs(),
        );
      });
    }
  }

  it('holds back what an insert pushes onto the next page', () => {
    const [source] = sourcesOf([['b', 'c', 'd', 'e']], () => ({ paging: 'offset' }));
    const aggregate = aggregateOf([source!], { pageSize: { default: 2 } });
    const first = atOnce(aggregate.page());
    source!.insert({ key: 'a', source: 0, position: 9 });
    const second = atOnce(aggregate.page({ pageToken: first.nextPageToken }));

    expect(first.items.map(keyOf)).toEqual(['b', 'c']);
    expect(second.items.map(keyOf)).toEqual(['d', 'e']);
    expect(second.drift).toEqual({ suppressed: 1, late: 0, possibleGap: false, sources: ['s0'] });
  });

  it('reports the gap when items slipped onto a page that was read before', () => {
    const [source] = sourcesOf([['a', 'b', 'c', 'd', 'e']], () => ({ paging: 'offset' }));
    const aggregate = aggregateOf([source!], { pageSize: { default: 2 } });
    const first = atOnce(aggregate.page());
    source!.items.splice(0, 2);
    const second = atOnce(aggregate.page({ pageToken: first.nextPageToken }));

    expect(second.items.map(keyOf)).toEqual(['e']);
    expect(second.drift).toEqual({ suppressed: 0, late: 0, possibleGap: true, sources: ['s0'] });
  });

  it('says nothing while nothing moves', () => {
    const sources = sourcesOf(
      [
        ['a', 'b', 'c'],
        ['b', 'd'],
      ],
      (source) => ({ paging: source ? 'keyset' : 'offset' }),
    );
    const aggregate = aggregateOf(sources, { pageSize: { default: 2 } });
    const first = atOnce(aggregate.page());
    const second = atOnce(aggregate.page({ pageToken: first.nextPageToken }));

    expect([first, second].map(({ drift }) => drift)).toEqual([undefined, undefined]);
  });
});

/** Reads page after page by token; between two of them, changes are made. */
function walkWhileChanging(
  { size, changes }: Changing,
  sources: readonly FakePageSource<Item>[],
  aggregate: ReturnType<typeof aggregateOf>,
  before: readonly Item[],
) {
  const items: Item[] = [];
  let steady = before;
  let possibleGap = false;
  let pageToken = '';

  for (let page = 0; ; page++) {
    const answer = atOnce(aggregate.page({ pageToken, pageSize: size }));
    items.push(...answer.items);
    possibleGap ||= answer.drift?.possibleGap === true;
    pageToken = answer.nextPageToken;
    if (pageToken === '') return { items, steady, possibleGap };
    for (const step of changes[page] ?? []) {
      const source = sources[step.source % sources.length]!;
      const gone = step.insert === undefined ? source.items[step.nth] : undefined;
      if (gone) source.remove(gone);
      steady = steady.filter((item) => item !== gone);
      const key = step.insert === undefined ? undefined : text(step.insert);
      if (key === undefined || source.items.some((item) => item.key === key)) continue;
      if (items.some((item) => item.key === key && item.source === sources.indexOf(source))) continue; // came back
      source.insert({ key, source: sources.indexOf(source), position: -1 });
    }
  }
}

/** The same list behind an API with offset and limit. */
function overlapping(source: FakePageSource<Item>): PageSource<Item> {
  return fromOffset({
    name: source.name,
    maxLimit: 4,
    fetch: ({ offset, limit }) => of(source.items.slice(offset, offset + limit)),
  });
}
