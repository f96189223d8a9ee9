import { Subscription, type Observable, type Subject } from 'rxjs';
import { expectedPermits, type ExpectedPermits } from './expectedPermits.ts';
import { expectedStream, type ExpectedStream } from './expectedStream.ts';
import { LeakError, StuckTestError } from './fanTestFailure.ts';
import { takeHostTime, type HostTime } from './hostTime.ts';
import { expectedSubscriptions, type ExpectedSubscriptions } from './expectedSubscriptions.ts';
import { coldMarbles, hotMarbles, type ColdMarbles } from './marbleSources.ts';
import { siteOf, type AssertEqual } from './mismatch.ts';
import { openThings, type OpenThings, type Trackable } from './openThings.ts';
import type { Permitted } from './permit.ts';
import { slowPulledMarbles, type SlowPulledMarbles } from './pulledMarbles.ts';

/** What a test under virtual time works with. All times are in ms, and a character of a diagram is one. */
export interface FanTestHelpers {
  /** A source that begins when it is subscribed to. */
  cold<T = string>(marbles: string, values?: Readonly<Record<string, T>>, ...error: [error?: unknown]): ColdMarbles<T>;
  /** A source that begins now. */
  hot<T = string>(marbles: string, values?: Readonly<Record<string, T>>, ...error: [error?: unknown]): Subject<T>;
  /**
   * Subscribes now, or as `subscription` (`^---!`) says, and expects what `toBe` draws, counted from now. It is checked when the
   * body is done and the stream is over.
   */
  expectObservable(stream$: Observable<unknown>, subscription?: string): Pick<ExpectedStream, 'toBe'>;
  /** Expects when a cold source is subscribed to, and until when: a diagram such as `-^---!` for each time, counted from now. */
  expectSubscriptions(source$: ColdMarbles<unknown>): Pick<ExpectedSubscriptions, 'toBe'>;
  /** A source that is asked for its values; the dashes before one are how long its answer takes: `'ab--c|'`. */
  pulled<T = string>(
    marbles: string,
    values?: Readonly<Record<string, T>>,
    ...error: [error?: unknown]
  ): SlowPulledMarbles<T>;
  /** Expects when a source is asked, and for how many values: `'1--1-!'`, counted from now. */
  expectPermits(source: Permitted): Pick<ExpectedPermits, 'toBe'>;
  /** Expects of something that it is closed when the test is over. The same thing. */
  track<T extends Trackable>(name: string, thing: T): T;
  sleep(ms: number): Promise<void>;
  /** Since the test began. */
  now(): number;
}

/**
 * Binds tests under virtual time to a test framework. Unlike marble tests they may be async: promises, the timers and clocks of
 * the host and the schedulers of RxJS share one virtual time, and no real time passes. What is left open fails the test: a timer, a
 * subscription to one of its cold sources.
 *
 * @example
 * const fanTest = createFanTest((actual, expected) => expect(actual).toStrictEqual(expected));
 *
 * it('asks again after a second', fanTest(async ({ expectObservable, sleep }) => {
 *   const ask = () => sleep(3).then(() => 'a');
 *
 *   expectObservable(defer(ask).pipe(repeat({ count: 2, delay: 1_000 }))).toBe('---a 1002ms (a|)');
 * }));
 */
export function createFanTest(
  assertEqual: AssertEqual,
): (body: (helpers: FanTestHelpers) => void | Promise<void>) => () => Promise<void> {
  return (body) => async () => {
    const time = takeHostTime();
    const expected: Expected[] = [];
    const open = openThings(() => false);
    const running = new Subscription();
    try {
      await finished(time, () => body(helpersOf(time, { expected, open, running })));
      await time.runUntil(() => expected.every((expectation) => expectation.isOver()));
      for (const expectation of expected) expectation.check(assertEqual);
      running.unsubscribe();
      const leaks = { timers: time.openTimers(), subscriptions: open.subscriptions(), handles: open.handles() };
      if (Object.values(leaks).some(({ length }) => length > 0)) throw new LeakError(leaks);
    } finally {
      running.unsubscribe();
      time.giveBack();
    }
  };
}

/** Runs a body to its end, and throws what it throws. */
async function finished(time: HostTime, body: () => void | Promise<void>): Promise<void> {
  const ending = (async () => body())();
  let isDone = false;
  const done = () => void (isDone = true);
  ending.then(done, done);
  if (!(await time.runUntil(() => isDone))) throw new StuckTestError(time.now());
  await ending;
}

/** Anything that a test expects, in the order in which it is checked. */
interface Expected {
  isOver(): boolean;
  check(assertEqual: AssertEqual): void;
}

/** What the helpers of a test have begun. */
interface Begun {
  readonly expected: Expected[];
  readonly open: OpenThings;
  /** All that is to be left when the test is over. */
  readonly running: Subscription;
}

function helpersOf(time: HostTime, { expected, open, running }: Begun): FanTestHelpers {
  const expecting = <E extends Expected>(expectation: E): E => {
    expected.push(expectation);
    return expectation;
  };
  const expectObservable: FanTestHelpers['expectObservable'] = (stream$, subscription = '^') => {
    const stream = expecting(expectedStream(stream$, subscription, siteOf(expectObservable)));
    running.add(() => stream.leave());
    return stream;
  };
  const expectSubscriptions: FanTestHelpers['expectSubscriptions'] = (source$) =>
    expecting(expectedSubscriptions(source$, siteOf(expectSubscriptions)));
  const expectPermits: FanTestHelpers['expectPermits'] = (source) =>
    expecting(expectedPermits(source, siteOf(expectPermits)));

  return {
    cold: (marbles, values, ...error) => open.watch(`cold '${marbles.trim()}'`, coldMarbles(marbles, values, ...error)),
    hot: (marbles, values, ...error) => hotMarbles(running, marbles, values, ...error),
    pulled: slowPulledMarbles,
    expectObservable,
    expectSubscriptions,
    expectPermits,
    track: (name, thing) => open.track(name, thing),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: () => time.now(),
  };
}
