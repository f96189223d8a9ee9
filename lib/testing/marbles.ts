import { Observable, Subscription } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { expectedPermits, type ExpectedPermits } from './expectedPermits.ts';
import { LeakError } from './fanTestFailure.ts';
import { at, failureOf, MarbleMismatchError, siteOf, valueFailure, type AssertEqual } from './mismatch.ts';
import { openThings, type OpenThings, type Trackable } from './openThings.ts';
import type { Permitted } from './permit.ts';
import { pulledMarbles, type PulledMarbles } from './pulledMarbles.ts';
import type { Recorded } from './recorded.ts';
import { streamMismatch } from './streamMismatch.ts';
import { subscriptionMismatch, type Subscribed } from './subscriptionMismatch.ts';
import { VirtualScheduler } from './virtualScheduler.ts';

/** What a marble test works with: the helpers of TestScheduler, and what is said of pulled sources and of what is left open. */
export interface MarbleHelpers extends RunHelpers {
  /** A source that is asked for its values, and answers at once: `'abc|'`. */
  pulled<T = string>(
    marbles: string,
    values?: Readonly<Record<string, T>>,
    ...error: [error?: unknown]
  ): PulledMarbles<T>;
  /** Expects when a source is asked, and for how many values: `'2--1-!'`. */
  expectPermits(source: Permitted): Pick<ExpectedPermits, 'toBe'>;
  /** Expects of something that it is closed when the test is over. The same thing. */
  track<T extends Trackable>(name: string, thing: T): T;
}

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
export function createMarbles(assertEqual: AssertEqual): (body: (helpers: MarbleHelpers) => void) => () => void {
  return (body) => () => {
    const expectations: Expectation[] = [];
    const permits: ExpectedPermits[] = [];
    let isBodyOver = false;
    const open = openThings(() => !isBodyOver); // what is expected is subscribed to when the body has returned
    const running = new Subscription();
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
      const test: (helpers: MarbleHelpers) => unknown = body;
      const result = test({
        ...observed(helpers, { expectations, running, assertEqual }),
        ...watched(helpers, open),
        ...permitted(permits),
        track: (name, thing) => open.track(name, thing),
      });
      if (result instanceof Promise) throw new TypeError('a marble test is never async: no promise sees virtual time');
      isBodyOver = true;
      helpers.flush();
      for (const expectation of permits) expectation.check();
      running.unsubscribe(); // in virtual time, as what it tears down may ask for it
    });

    const forgotten = expectations.find(({ made }) => !made);
    if (forgotten) throw at(forgotten.site, new Error('nothing is expected here: toBe or toEqual is missing'));
    const [subscriptions, handles] = [open.subscriptions(), open.handles()];
    if (subscriptions.length + handles.length > 0) throw new LeakError({ timers: [], subscriptions, handles });
  };
}

/** What the expectations of a test are made of. */
interface Observing {
  readonly expectations: Expectation[];
  /** What is expected is left when the test is over. */
  readonly running: Subscription;
  readonly assertEqual: AssertEqual;
}

/** The helpers, with every expectation written down. */
function observed(helpers: RunHelpers, { expectations, running, assertEqual }: Observing): RunHelpers {
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
    const check = helpers.expectObservable(leftWith(running, stream$), subscription);
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
        check.toEqual(leftWith(running, other$));
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

/** A stream that is left when all is over, if it has not ended until then. */
function leftWith<T>(running: Subscription, stream$: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    running.add(subscriber);
    return stream$.subscribe(subscriber);
  });
}

/** Its cold sources, with every subscription written down. */
function watched({ cold }: RunHelpers, open: OpenThings): Pick<RunHelpers, 'cold'> {
  return {
    cold: (marbles, ...rest: [never?, unknown?]) => open.watch(`cold '${marbles.trim()}'`, cold(marbles, ...rest)),
  };
}

function permitted(permits: ExpectedPermits[]): Pick<MarbleHelpers, 'pulled' | 'expectPermits'> {
  const expectPermits: MarbleHelpers['expectPermits'] = (source) => {
    const those = expectedPermits(source, siteOf(expectPermits));
    permits.push(those);
    return those;
  };
  return { pulled: pulledMarbles, expectPermits };
}

/** The characters of a diagram that stand for values. */
function symbolsIn(marbles: string): readonly string[] {
  const withoutPauses = marbles.replace(/(^|\s)\d+(?:\.\d+)?(?:ms|s|m)(?=\s)/g, ' ');
  return Array.from(withoutPauses.replace(/[-|#()^!\s]/g, ''));
}
