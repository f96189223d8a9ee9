import type { PageKey } from '../contracts/pageKey.ts';
import type { Page } from '../contracts/pageSource.ts';
import { canonicalJson } from './canonicalJson.ts';

/** Orders keys through something that is made once per key and quick to compare. */
export interface Order<K, R> {
  readonly rank: (key: K) => R;
  readonly compare: (a: R, b: R) => number;
}

/** After the `given`th item of those with this key. */
export type Position<K> = readonly [key: K, given: number];

/** A whole list in its order, read by position. */
export interface Snapshot<T, K> {
  /** The accepted items after a position; looks at no more items than it must to know whether more will follow. */
  page(after: Position<K> | undefined, pageSize: number, accepts: (item: T) => boolean): Page<T>;
}

/** Puts a list in order, unless it is already. Equal keys stay as they are. */
export function createSnapshot<T, K extends PageKey, R>(
  list: readonly T[],
  key: (item: T) => K,
  { rank, compare }: Order<K, R>,
): Snapshot<T, K> {
  const entries = list.map((item) => ({ item, rank: rank(key(item)) }));
  if (entries.some((entry, i) => i > 0 && compare(entries[i - 1]!.rank, entry.rank) > 0)) {
    entries.sort((a, b) => compare(a.rank, b.rank));
  }

  const firstNotBelow = (wanted: R): number => {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(entries[middle]!.rank, wanted) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  return {
    page: (after, pageSize, accepts) => {
      // The run of equal keys that the walk is in: its rank, and how many of its items were given.
      let run = after && { rank: rank(after[0]), given: after[1] };
      let skip = run?.given ?? 0;
      const items: T[] = [];

      for (let i = run ? firstNotBelow(run.rank) : 0; i < entries.length; i++) {
        const entry = entries[i]!;
        if (!accepts(entry.item)) continue;
        const sameRun = run !== undefined && compare(run.rank, entry.rank) === 0;
        if (sameRun && skip > 0) {
          skip--;
          continue;
        }
        if (items.length === pageSize) return { items, nextPageToken: canonicalJson([key(items.at(-1)!), run!.given]) };
        skip = 0;
        run = { rank: entry.rank, given: sameRun ? run!.given + 1 : 1 };
        items.push(entry.item);
      }
      return { items };
    },
  };
}
