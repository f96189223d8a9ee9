import { beforeBy } from '../../../operators/internal/beforeBy.ts';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { fingerprint } from '../../boundary/fingerprint.ts';
import { sortKey, type PageKey } from '../../contracts/pageKey.ts';

/** The order of a merged list. What a rank is, only `before` knows. */
export interface Order<T> {
  readonly keyOf: (item: T) => PageKey;
  readonly rankOf: (item: T) => unknown;
  readonly rankOfKey: (key: PageKey) => unknown;
  /** Whether a rank goes strictly before another. */
  readonly before: (a: unknown, b: unknown) => boolean;
  /** A short text that tells the key of an item from others. */
  readonly markOf: (item: T) => string;
}

/** By `compare` on keys, or else by code point and value, for which keys are turned once into texts that compare fast. */
export function createOrder<T, K extends PageKey>(key: (item: T) => K, compare?: (a: K, b: K) => number): Order<T> {
  const markOf = (item: T) => fingerprint(canonicalJson(key(item)));
  if (compare) {
    return {
      keyOf: key,
      rankOf: key,
      rankOfKey: (key) => key,
      before: beforeBy(compare) as Order<T>['before'],
      markOf,
    };
  }
  return {
    keyOf: key,
    rankOf: (item) => sortKey(key(item)),
    rankOfKey: sortKey,
    before: isLess as Order<T>['before'],
    markOf,
  };
}

function isLess(a: string, b: string): boolean {
  return a < b;
}
