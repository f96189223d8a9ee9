import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Page, PageSource } from '../../../lib/contracts/pageSource.ts';
import { SourceError } from '../../../lib/contracts/sourceFailure.ts';
import { aggregatePages } from '../../../lib/core/paging/aggregatePages.ts';
import { OptionError } from '../../../operators/index.ts';
import { marbles } from '../../support/marbles.ts';
import { tokens } from '../../support/paging.ts';

const pages: Record<string, Page<string>> = {
  a: { items: ['a', 'd'], nextPageToken: '2' },
  b: { items: ['e'] },
  c: { items: ['b', 'c'] },
};
const show = map(({ items }: { items: readonly string[] }) => items.join(''));

describe('aggregatePages', () => {
  const aggregateOf = (sources: PageSource<string>[], timeoutMs?: number) =>
    aggregatePages({ sources, key: (item) => item, tokens, timeoutMs });

  it(
    'answers as soon as every source has shown what comes first',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const first$ = cold('  --a|      ', pages);
      const firstSubs = '    ^-!       ';
      const other$ = cold('  ----c|    ', pages);
      const otherSubs = '    ^---!     ';
      const expected = '     ----(x|)  ';
      const sources = [
        { name: 'first', fetch: () => first$ },
        { name: 'other', fetch: () => other$ },
      ];

      expectObservable(aggregateOf(sources).page({ pageSize: 3 }).pipe(show)).toBe(expected, { x: 'abc' });
      expectSubscriptions(first$.subscriptions).toBe(firstSubs);
      expectSubscriptions(other$.subscriptions).toBe(otherSubs);
    }),
  );

  it(
    'asks a source for its next page when the one in hand is used up',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const first$ = cold('  --a|      ', pages);
      const second$ = cold('   --b|    ', pages);
      const secondSubs = '   --^-!     ';
      const expected = '     ----(x|)  ';
      const sources = [
        { name: 'one', fetch: ({ pageToken }: { pageToken?: string | undefined }) => (pageToken ? second$ : first$) },
      ];

      expectObservable(aggregateOf(sources).page({ pageSize: 3 }).pipe(show)).toBe(expected, { x: 'ade' });
      expectSubscriptions(second$.subscriptions).toBe(secondSubs);
    }),
  );

  it(
    'lets its sources go when the caller leaves',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source$ = cold(' -----a|', pages);
      const leave = '        ---!   ';
      const subs = '         ^--!   ';
      const sources = [{ name: 'slow', fetch: () => source$ }];

      expectObservable(aggregateOf(sources).page(), leave).toBe('-----');
      expectSubscriptions(source$.subscriptions).toBe(subs);
    }),
  );

  it(
    'lets the others go when one source fails',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const failing$ = cold(' --#     ', pages);
      const slow$ = cold('    -----a| ', pages);
      const slowSubs = '      ^-!     ';
      const sources = [
        { name: 'failing', fetch: () => failing$ },
        { name: 'slow', fetch: () => slow$ },
      ];
      const expected = '      --#     ';

      expectObservable(aggregateOf(sources).page()).toBe(expected, {}, new SourceError('failing', 'error'));
      expectSubscriptions(slow$.subscriptions).toBe(slowSubs);
    }),
  );

  it('refuses options that cannot be meant, at the call', () => {
    const source = { name: 's', fetch: () => [{ items: [] }] };
    const make = (options: object) => () =>
      aggregatePages({ sources: [source], key: (item: string) => item, tokens, ...options });

    expect(make({})).not.toThrow();
    for (const options of [
      { timeoutMs: 0 },
      { timeoutMs: Number.NaN },
      { prefetch: -1 },
      { prefetch: 1.5 },
      { pageSize: { default: 0 } },
      { pageSize: { max: Infinity } },
      { cache: { maxItems: -1 } },
      { limits: { emptyPages: Number.NaN } },
      { limits: { pageItems: 0 } },
    ]) {
      expect(make(options), JSON.stringify(options)).toThrow(OptionError);
    }
  });
});
