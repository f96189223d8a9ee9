import { ComparatorError } from '../../../operators/errors.ts';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { fingerprint } from '../../boundary/fingerprint.ts';
import { compareSortKeys, sortKey, type PageKey } from '../../contracts/pageKey.ts';

/** The order of a merged list. What a rank is, only `compare` knows. */
export interface Order<T> {
  readonly keyOf: (item: T) => PageKey;
  readonly rankOf: (item: T) => unknown;
  readonly rankOfKey: (key: PageKey) => unknown;
  readonly compare: (a: unknown, b: unknown) => number;
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
      compare: checked(compare) as Order<T>['compare'],
      markOf,
    };
  }
  return {
    keyOf: key,
    rankOf: (item) => sortKey(key(item)),
    rankOfKey: sortKey,
    compare: compareSortKeys as Order<T>['compare'],
    markOf,
  };
}

function checked<K>(compare: (a: K, b: K) => number): (a: K, b: K) => number {
  return (a, b) => {
    let side: number;
    try {
      side = compare(a, b);
    } catch (cause) {
      throw new ComparatorError('threw', { cause });
    }
    if (side <= 0 || side > 0) return side;
    throw new ComparatorError(`returned ${String(side)}`);
  };
}
