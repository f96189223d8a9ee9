import {
  asyncScheduler,
  map,
  mergeMap,
  NEVER,
  of,
  ReplaySubject,
  share,
  tap,
  type Observable,
  type ObservableInput,
} from 'rxjs';
import { compareSortKeys, sortKey, type PageKey } from '../contracts/pageKey.ts';
import type { Page, PageRequest, PageSource } from '../contracts/pageSource.ts';
import { ask } from './ask.ts';
import { canonicalJson } from './canonicalJson.ts';
import { fromAbortable } from './fromAbortable.ts';
import { isCount, isPageKey, readJsonToken } from './jsonToken.ts';
import { createSnapshot, type Order, type Position, type Snapshot } from './snapshot.ts';

/** Which list {@link fromSnapshot} reads, in which order, and how long it is kept. */
export interface SnapshotOptions<T, Q, K extends PageKey> {
  /** Names the source, see {@link PageSource}. */
  readonly name: string;
  /**
   * Gives the whole list, in any order. With `matches` there is one list for all queries and `load` must not look at the
   * query; without it each query has a list of its own.
   */
  readonly load: (request: { readonly query: Q; readonly signal: AbortSignal }) => ObservableInput<readonly T[]>;
  /** Where an item stands in the order. Unique, if the list may change between pages. */
  readonly key: (item: T) => K;
  /** Orders two keys. Default: by code point and value, see `comparePageKeys`. */
  readonly compare?: ((a: K, b: K) => number) | undefined;
  /** Whether an item is part of the answer to a query. Default: every item is. */
  readonly matches?: ((item: T, query: Q) => boolean) | undefined;
  /** Asked before each use: the list is loaded again once the answer is not the one before its load. */
  readonly version?: (() => ObservableInput<string>) | undefined;
  /** How long a list is used, in ms from the end of its load. Default: 60 000, or without end with a `version`. */
  readonly maxAgeMs?: number | undefined;
  /** Most lists to keep where each query has its own; the one used longest ago goes first. Default: 8. */
  readonly maxLists?: number | undefined;
}

interface Kept<T, K> {
  readonly version: string | undefined;
  readonly snapshot$: Observable<Snapshot<T, K>>;
  /** Infinity until the load has ended. */
  loadedAt: number;
}

/**
 * A page source over a list that can only be had as a whole: a file, a directory, an answer without pages.
 *
 * The list is put in order once and kept. Fetches at the same time share one load, a load that nobody waits for any more
 * is aborted, and one that failed is not kept. Page tokens name the last key given, so that inserts and deletes between
 * two pages move nothing.
 *
 * @example
 * const fruits = fromSnapshot({
 *   name: 'fruits',
 *   load: ({ signal }) => readFruits(signal),
 *   key: (fruit: Fruit) => [fruit.name, fruit.version],
 *   matches: (fruit: Fruit, query: { text: string }) => fruit.name.includes(query.text),
 * });
 */
export function fromSnapshot<T, Q = unknown, K extends PageKey = PageKey>(
  options: SnapshotOptions<T, Q, K>,
): PageSource<T, Q> {
  const { compare } = options;
  return compare
    ? createSource(options, { rank: (key) => key, compare })
    : createSource(options, { rank: sortKey, compare: compareSortKeys });
}

function createSource<T, Q, K extends PageKey, R>(
  options: SnapshotOptions<T, Q, K>,
  order: Order<K, R>,
): PageSource<T, Q> {
  const { name, load, key, matches, version: askVersion, maxLists = 8 } = options;
  const { maxAgeMs = askVersion ? Infinity : 60_000 } = options;
  const lists = new Map<string, Kept<T, K>>();

  const open = (query: Q, version: string | undefined): Kept<T, K> => {
    const opened: Kept<T, K> = {
      version,
      loadedAt: Infinity,
      snapshot$: ask(name, (signal) => load({ query, signal })).pipe(
        map((items) => createSnapshot(items, key, order)),
        tap(() => (opened.loadedAt = asyncScheduler.now())),
        // Once loaded it stays for later subscribers; a load that fails, or that everybody left, starts over. Whoever
        // leaves with the list in hand has not left the load.
        share({
          connector: () => new ReplaySubject(1),
          resetOnComplete: false,
          resetOnRefCountZero: () => (opened.loadedAt === Infinity ? of(true) : NEVER),
        }),
      ),
    };
    return opened;
  };

  function current(query: Q, version: string | undefined): Observable<Snapshot<T, K>> {
    const id = matches || query === undefined ? '' : canonicalJson(query);
    const kept = lists.get(id);
    const usable = kept && kept.version === version && asyncScheduler.now() - kept.loadedAt < maxAgeMs;
    const list = usable ? kept : open(query, version);
    lists.delete(id); // the one used last stands last
    lists.set(id, list);
    for (const oldest of lists.keys()) if (lists.size > maxLists) lists.delete(oldest);
    return list.snapshot$;
  }

  function page({ query, pageToken, pageSize }: PageRequest<Q>): Observable<Page<T>> {
    const after = pageToken ? readJsonToken(pageToken, isPosition<K>) : undefined;
    const version$: Observable<string | undefined> = askVersion ? ask(name, askVersion) : of(undefined);
    return version$.pipe(
      mergeMap((version) => current(query, version)),
      map((list) => list.page(after, pageSize, (item) => matches?.(item, query) ?? true)),
    );
  }

  return {
    name,
    paging: 'keyset',
    fetch: (request) => fromAbortable(() => page(request), { signal: request.signal }),
  };
}

function isPosition<K extends PageKey>(value: unknown): value is Position<K> {
  return Array.isArray(value) && value.length === 2 && isPageKey(value[0]) && isCount(value[1]) && value[1] > 0;
}
