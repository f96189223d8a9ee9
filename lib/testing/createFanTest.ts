import { Subscription, type Observable, type Subject } from 'rxjs';
import { expectedStream, type ExpectedStream } from './expectedStream.ts';
import { LeakError, StuckTestError } from './fanTestFailure.ts';
import { takeHostTime, type HostTime } from './hostTime.ts';
import { expectedSubscriptions, type ExpectedSubscriptions } from './expectedSubscriptions.ts';
import { coldMarbles, hotMarbles, type ColdMarbles } from './marbleSources.ts';
import { siteOf, type AssertEqual } from './mismatch.ts';

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
  sleep(ms: number): Promise<void>;
  /** Since the test began. */
  now(): number;
}

/**
 * Binds tests under virtual time to a test framework. Unlike marble tests they may be async: promises, the timers and clocks of
 * the host and the schedulers of RxJS share one virtual time, and no real time passes. A timer that is left fails the test.
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
    const expected: ExpectedStream[] = [];
    const subscriptions: ExpectedSubscriptions[] = [];
    const running = new Subscription();
    try {
      await finished(time, () => body(helpersOf(time, { expected, subscriptions, running })));
      await time.runUntil(() => [...expected, ...subscriptions].every((expectation) => expectation.isOver()));
      for (const expectation of [...expected, ...subscriptions]) expectation.check(assertEqual);
      running.unsubscribe();
      const timers = time.openTimers();
      if (timers.length > 0) throw new LeakError(timers);
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

/** What the helpers of a test have begun. */
interface Begun {
  readonly expected: ExpectedStream[];
  readonly subscriptions: ExpectedSubscriptions[];
  /** All that is to be left when the test is over. */
  readonly running: Subscription;
}

function helpersOf(time: HostTime, { expected, subscriptions, running }: Begun): FanTestHelpers {
  const expectObservable: FanTestHelpers['expectObservable'] = (stream$, subscription = '^') => {
    const stream = expectedStream(stream$, subscription, siteOf(expectObservable));
    expected.push(stream);
    running.add(() => stream.leave());
    return stream;
  };
  const expectSubscriptions: FanTestHelpers['expectSubscriptions'] = (source$) => {
    const those = expectedSubscriptions(source$, siteOf(expectSubscriptions));
    subscriptions.push(those);
    return those;
  };
  return {
    cold: coldMarbles,
    hot: (marbles, values, ...error) => hotMarbles(running, marbles, values, ...error),
    expectObservable,
    expectSubscriptions,
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: () => time.now(),
  };
}
