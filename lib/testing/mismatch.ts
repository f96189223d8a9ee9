import type { Recorded } from './recorded.ts';

/** Throws when the two differ, as `expect(actual).toStrictEqual(expected)` does. */
export type AssertEqual = (actual: unknown, expected: unknown) => void;

/** A marble test went another way than its diagram. Where two values of one place differ, `cause` tells how. */
export class MarbleMismatchError extends Error {
  override readonly name = 'MarbleMismatchError';
  readonly code = 'marble_mismatch';
}

/** How the first two values, or errors, that stand in the same place and are not the same differ. */
export function valueFailure(assertEqual: AssertEqual, actual: unknown, expected: unknown): unknown {
  const [received, wanted] = [actual as readonly Partial<Recorded>[], expected as readonly Partial<Recorded>[]];
  for (const [i, { frame, notification }] of received.entries()) {
    const other = wanted[i];
    if (frame !== other?.frame || notification?.kind !== other?.notification?.kind) return undefined;
    const failure =
      failureOf(() => assertEqual(notification?.value, other?.notification?.value)) ??
      failureOf(() => assertEqual(notification?.error, other?.notification?.error));
    if (failure !== undefined) return failure;
  }
  return undefined;
}

/** What a check throws. */
export function failureOf(check: () => void): unknown {
  try {
    check();
    return undefined;
  } catch (failure) {
    return failure;
  }
}

/** Holds the stack of whoever called `caller`. */
export function siteOf(caller: (...args: never) => unknown): Error {
  const site = new Error();
  Error.captureStackTrace(site, caller);
  return site;
}

/** The same error, as if it had been thrown at a site. */
export function at(site: Error, error: Error): Error {
  error.stack = `${error.name}: ${error.message}\n${(site.stack ?? '').split('\n').slice(1).join('\n')}`;
  return error;
}
