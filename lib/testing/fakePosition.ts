import { RefusedError } from '../contracts/failure.ts';
import { comparePageKeys, type PageKey } from '../contracts/pageKey.ts';

/** A place in a list: so many items in, or after so many of the items with this key. */
export type FakePosition = { readonly count: number } | { readonly after: PageKey; readonly ties: number };

/** The index a position stands for in the list as it is now. */
export function indexOfPosition<T>(items: readonly T[], key: (item: T) => PageKey, position: FakePosition): number {
  if ('count' in position) return position.count;
  const { after, ties } = position;
  return Math.min(lowerBound(items, key, after) + ties, upperBound(items, key, after));
}

/** The position before the item at this index, as a key where there is one to hold on to. */
export function keysetPosition<T>(items: readonly T[], key: (item: T) => PageKey, index: number): FakePosition {
  const last = items[index - 1];
  if (last === undefined) return { count: index };
  return { after: key(last), ties: index - lowerBound(items, key, key(last)) };
}

/** Where an item with this key belongs, after those that have the same. */
export function upperBound<T>(items: readonly T[], key: (item: T) => PageKey, bound: PageKey): number {
  return firstIndex(items, (item) => comparePageKeys(key(item), bound) > 0);
}

function lowerBound<T>(items: readonly T[], key: (item: T) => PageKey, bound: PageKey): number {
  return firstIndex(items, (item) => comparePageKeys(key(item), bound) >= 0);
}

function firstIndex<T>(items: readonly T[], isBehind: (item: T) => boolean): number {
  let from = 0;
  let to = items.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (isBehind(items[middle]!)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** An opaque page token. JSON keeps lone surrogates, the escapes keep it within what btoa can take. */
export function writeFakeToken(source: string, position: FakePosition): string {
  const text = JSON.stringify([source, position]);
  return btoa(text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

/** The position of a token that {@link writeFakeToken} wrote for this source; anything else is refused. */
export function readFakeToken(source: string, token: string): FakePosition {
  try {
    const [name, position] = JSON.parse(atob(token)) as [string, FakePosition];
    if (name === source && writeFakeToken(source, position) === token) return position;
  } catch {
    // not even JSON: refused like the rest
  }
  throw new RefusedError(source, `${JSON.stringify(token.slice(0, 60))} is not a page token of this source`);
}
