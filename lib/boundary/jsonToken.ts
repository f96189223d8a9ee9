import type { PageKey } from '../contracts/pageKey.ts';
import { InvalidPageTokenError } from '../contracts/pageTokenFailure.ts';
import { canonicalJson } from './canonicalJson.ts';

/** Reads a page token that {@link canonicalJson} wrote; anything else throws InvalidPageTokenError. */
export function readJsonToken<A>(token: string, isPosition: (value: unknown) => value is A): A {
  const position = parsed(token);
  if (!isPosition(position) || canonicalJson(position) !== token) throw new InvalidPageTokenError();
  return position;
}

/** Tells whether a value from outside is a key. */
export function isPageKey(value: unknown): value is PageKey {
  return isPart(value) || (Array.isArray(value) && value.every(isPart));
}

/** Tells whether a value from outside is a count of items. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isPart(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(token);
  } catch (cause) {
    throw new InvalidPageTokenError({ cause });
  }
}
