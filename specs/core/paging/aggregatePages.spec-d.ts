import * as N from 'fp-ts/lib/number.js';
import { of, type Observable } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import {
  aggregatePages,
  pageTokens,
  type AggregatePage,
  type PageSource,
  type PageTokens,
  type TokenSealer,
} from '../../../lib/index.ts';

interface Chart {
  readonly name: string;
  readonly at: number;
}
interface Search {
  readonly text: string;
}
declare const charts: PageSource<Chart, Search>;
declare const rows: PageSource<{ readonly id: number }>;
declare const tokens: PageTokens;
declare const sealer: TokenSealer;

const aggregate = aggregatePages({ sources: [charts], key: ({ name }) => name, tokens });

it('infers the item and the query from its sources', () => {
  expectTypeOf(aggregate.page({ query: { text: 'x' } })).toEqualTypeOf<Observable<AggregatePage<Chart>>>();
  expectTypeOf(aggregate.items()).toEqualTypeOf<Observable<Chart>>();
  expectTypeOf(aggregate.pages()).toEqualTypeOf<AsyncIterable<AggregatePage<Chart>>>();
});

it('takes only the query its sources take', () => {
  // @ts-expect-error the sources are asked for `text`
  void aggregate.page({ query: { name: 'x' } });
  // @ts-expect-error a token is a text
  void aggregate.page({ pageToken: 7 });
  // @ts-expect-error 'ignore' is no way to treat a source that fails
  aggregatePages({ sources: [charts], key: ({ name }) => name, tokens, onSourceFailure: 'ignore' });
});

it('gives key the item and compare the key', () => {
  aggregatePages({ sources: [charts], key: ({ name, at }) => [name, at], tokens });
  aggregatePages({ sources: [rows], key: ({ id }) => id, ...N.Ord, tokens });
  aggregatePages({ sources: [charts], key: ({ at }) => at, compare: (a, b) => b - a, tokens });
  // @ts-expect-error charts have no `id`
  aggregatePages({ sources: [charts], key: ({ id }) => id, tokens });
  // @ts-expect-error a key is a text, a number, or several of them
  aggregatePages({ sources: [charts], key: (chart) => chart, tokens });
  // @ts-expect-error the keys are texts
  aggregatePages({ sources: [charts], key: ({ name }) => name, compare: (a: number, b: number) => a - b, tokens });
});

it('merges sources of different items into their union', () => {
  const both = aggregatePages<Chart | { readonly id: number }>({
    sources: [rows, { name: 'charts', fetch: () => of({ items: [{ name: 'x', at: 1 }] }) }],
    key: (item) => ('id' in item ? item.id : item.at),
    tokens,
  });
  expectTypeOf(both.items()).toEqualTypeOf<Observable<Chart | { readonly id: number }>>();
});

it('requires an order and tokens', () => {
  // @ts-expect-error without a key there is nothing to merge by
  aggregatePages({ sources: [charts], tokens });
  // @ts-expect-error tokens must be sealed by somebody
  aggregatePages({ sources: [charts], key: ({ name }) => name });
  expectTypeOf(pageTokens(sealer, { ttlMs: 1_000 })).toEqualTypeOf<PageTokens>();
});
