import fc from 'fast-check';
import { EMPTY, expand, retry, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Aggregate, AggregateOptions, AggregatePage } from '../../lib/core/paging/aggregate.ts';
import { aggregatePages } from '../../lib/core/paging/aggregatePages.ts';
import { pageTokens } from '../../lib/core/paging/pageTokens.ts';
import { comparePageKeys } from '../../lib/contracts/pageKey.ts';
import type { PageSource } from '../../lib/contracts/pageSource.ts';
import { fakePageSource, type FakePageSource, type FakePageSourceOptions } from '../../lib/testing/fakePageSource.ts';
import { fakeSealer } from '../../lib/testing/fakeSealer.ts';

/** An item that knows where it came from. */
export interface Item {
  readonly key: string;
  readonly source: number;
  readonly position: number;
}

export const keyOf = ({ key }: Item) => key;
export const tokens = pageTokens(fakeSealer());

/** Sources of sorted items with the given keys. */
export function sourcesOf(
  keys: readonly (readonly string[])[],
  options: (source: number) => Partial<FakePageSourceOptions<Item>> = () => ({}),
): FakePageSource<Item>[] {
  return keys.map((own, source) => {
    const items = [...own].sort(comparePageKeys).map((key, position) => ({ key, source, position }));
    return fakePageSource({ name: `s${source}`, items, key: keyOf, ...options(source) });
  });
}

/** What every walk must give: all items, stably sorted by key, then source, then position. */
export function reference(sources: readonly FakePageSource<Item>[]): Item[] {
  return sources.flatMap(({ items }) => items).sort((a, b) => comparePageKeys(a.key, b.key));
}

export function aggregateOf(
  sources: readonly PageSource<Item>[],
  options: Partial<AggregateOptions<Item, unknown>> = {},
): Aggregate<Item, unknown> {
  return aggregatePages<Item>({ sources, key: keyOf, tokens, ...options });
}

/** Page after page by token, as a client over HTTP does: `sizes` in turn. */
export function walk<T>(
  aggregate: Aggregate<T, unknown>,
  sizes: readonly number[],
  retries = 0,
): Observable<AggregatePage<T>> {
  let page = 0;
  const next = (pageToken: string) =>
    aggregate.page({ pageToken, pageSize: sizes[page++ % sizes.length] }).pipe(retry(retries));
  return next('').pipe(expand(({ nextPageToken }) => (nextPageToken === '' ? EMPTY : next(nextPageToken))));
}

/** What a stream gave and how it ended, in virtual time, and how long that took. */
export interface Outcome<T> {
  readonly values: readonly T[];
  readonly error: unknown;
  readonly completed: boolean;
  readonly tookMs: number;
}

/** Runs a stream to its end in virtual time. */
export function virtually<T>(make: () => Observable<T>): Outcome<T> {
  const values: T[] = [];
  let error: unknown;
  let completed = false;
  let tookMs = 0;
  const scheduler = new TestScheduler(() => {});
  scheduler.run(({ flush }) => {
    make().subscribe({
      next: (value) => values.push(value),
      error: (thrown: unknown) => {
        error = thrown;
        tookMs = scheduler.now();
      },
      complete: () => {
        completed = true;
        tookMs = scheduler.now();
      },
    });
    flush();
  });
  return { values, error, completed, tookMs };
}

/** The one value of a stream that does not take any time. */
export function atOnce<T>(stream$: Observable<T>): T {
  const values: T[] = [];
  let failure: unknown;
  stream$.subscribe({ next: (value) => values.push(value), error: (error: unknown) => (failure = error) });
  if (failure !== undefined) throw failure as Error;
  if (values.length !== 1) throw new Error(`${values.length} values at once, not 1`);
  return values[0]!;
}

/** The items of a walk that must succeed. */
export function itemsOf<T>({ values, error }: Outcome<AggregatePage<T>>): T[] {
  if (error !== undefined) throw error as Error;
  return values.flatMap(({ items }) => items);
}

/** Few different keys, so that equal ones are common, and some that code units and code points order differently. */
export const someKey = fc.constantFrom('', 'a', 'aa', 'b', 'c', 'd', 'e', 'f', 'ｚ', '😀', '\ud800', 'z\u0000');

/** A world of sources: their keys, page sizes, kinds and latencies. */
export const someWorld = fc.record({
  keys: fc.array(fc.array(someKey, { maxLength: 12 }), { maxLength: 5 }),
  pageSizes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 5, maxLength: 5 }),
  offsets: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  latencies: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 15, maxLength: 15 }),
  sizes: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
});

export type World = typeof someWorld extends fc.Arbitrary<infer W> ? W : never;

/** The sources of a world, with what some of them do besides. */
export function build(
  { keys, pageSizes, offsets, latencies }: World,
  options: (source: number) => Partial<FakePageSourceOptions<Item>> = () => ({}),
): FakePageSource<Item>[] {
  return sourcesOf(keys, (source) => ({
    pageSize: pageSizes[source]!,
    paging: offsets[source]! ? 'offset' : 'keyset',
    latencyMs: (call) => latencies[(source * 3 + call) % latencies.length]!,
    ...options(source),
  }));
}
