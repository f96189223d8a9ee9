import type { RunHelpers } from 'rxjs/testing';
import { at, failureOf, MarbleMismatchError, siteOf, valueFailure, type AssertEqual } from './mismatch.ts';
import type { Recorded } from './recorded.ts';
import { streamMismatch } from './streamMismatch.ts';
import { subscriptionMismatch, type Subscribed } from './subscriptionMismatch.ts';
import { VirtualScheduler } from './virtualScheduler.ts';

/** What a test expects, until TestScheduler comes to check it. */
interface Expectation {
  readonly explain: (actual: unknown, expected: unknown) => string;
  /** Holds the stack of the line that made it: when it is checked, the test has returned. */
  readonly site: Error;
  made: boolean;
}

/**
 * Binds marble tests to a test framework. A test that fails shows what was expected and what came as marbles, one
 * above the other, and points to the line of the expectation.
 *
 * @example
 * const marbles = createMarbles((actual, expected) => expect(actual).toStrictEqual(expected));
 *
 * it('doubles', marbles(({ cold, expectObservable }) => {
 *   const source$ = cold(' -a-b-|', { a: 1, b: 2 });
 *   const expected = '     -a-b-|';
 *
 *   expectObservable(source$.pipe(map((n) => n * 2))).toBe(expected, { a: 2, b: 4 });
 * }));
 */
export function createMarbles(assertEqual: AssertEqual): (body: (helpers: RunHelpers) => void) => () => void {
  return (body) => () => {
    const expectations: Expectation[] = [];
    const scheduler = new VirtualScheduler((actual, expected) => {
      // They are checked in the order in which they were made.
      const [expectation] = expectations.splice(
        expectations.findIndex(({ made }) => made),
        1,
      );
      try {
        assertEqual(actual, expected);
      } catch (failure) {
        if (!expectation) throw failure;
        const cause = valueFailure(assertEqual, actual, expected);
        throw at(expectation.site, new MarbleMismatchError(expectation.explain(actual, expected), { cause }));
      }
    });

    scheduler.run((helpers) => {
      const test: (helpers: RunHelpers) => unknown = body;
      const result = test(observed(helpers, expectations, assertEqual));
      if (result instanceof Promise) throw new TypeError('a marble test is never async: no promise sees virtual time');
    });

    const forgotten = expectations.find(({ made }) => !made);
    if (forgotten) throw at(forgotten.site, new Error('nothing is expected here: toBe or toEqual is missing'));
  };
}

/** The helpers, with every expectation written down. */
function observed(helpers: RunHelpers, expectations: Expectation[], assertEqual: AssertEqual): RunHelpers {
  const expecting = (explain: Expectation['explain'], caller: (...args: never) => unknown): Expectation => {
    const expectation = { explain, site: siteOf(caller), made: false };
    expectations.push(expectation);
    return expectation;
  };
  const same = (a: unknown, b: unknown): boolean => failureOf(() => assertEqual(a, b)) === undefined;

  const expectObservable: RunHelpers['expectObservable'] = (stream$, subscription) => {
    let names: Readonly<Record<string, unknown>> = {};
    const expectation = expecting(
      (received, expected) =>
        streamMismatch({ expected: expected as Recorded[], received: received as Recorded[] }, same, names),
      expectObservable,
    );
    const check = helpers.expectObservable(stream$, subscription);
    return {
      toBe: (marbles, values, error) => {
        expectation.made = true;
        if (typeof values === 'object' && values !== null) names = values as Readonly<Record<string, unknown>>;
        const unnamed = values === undefined ? undefined : symbolsIn(marbles).find((symbol) => !(symbol in names));
        if (unnamed !== undefined) {
          throw at(
            expectation.site,
            new Error(
              `values do not say what ${unnamed} stands for; leave them out, and each letter stands for itself`,
            ),
          );
        }
        check.toBe(marbles, values, error);
      },
      toEqual: (other$) => {
        expectation.made = true;
        check.toEqual(other$);
      },
    };
  };

  const expectSubscriptions: RunHelpers['expectSubscriptions'] = (logs) => {
    const expectation = expecting(
      (received, expected) =>
        subscriptionMismatch({ expected: expected as Subscribed[], received: received as Subscribed[] }),
      expectSubscriptions,
    );
    const check = helpers.expectSubscriptions(logs);
    return {
      toBe: (marbles) => {
        expectation.made = true;
        check.toBe(marbles);
      },
    };
  };

  return { ...helpers, expectObservable, expectSubscriptions };
}

/** The characters of a diagram that stand for values. */
function symbolsIn(marbles: string): readonly string[] {
  const withoutPauses = marbles.replace(/(^|\s)\d+(?:\.\d+)?(?:ms|s|m)(?=\s)/g, ' ');
  return Array.from(withoutPauses.replace(/[-|#()^!\s]/g, ''));
}
