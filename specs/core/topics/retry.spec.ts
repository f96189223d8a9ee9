import { NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { RetryPolicy } from '../../../lib/contracts/delivery.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { countTimers } from '../../../lib/testing/countTimers.ts';
import { marbles } from '../../support/marbles.ts';
import { useVirtualTime } from './support/virtualTime.ts';

/** The attempts of a handler that fails until `succeedsAt`, as a stream of value and attempt. */
function attemptsOf(topic: Topic<string>, retry: RetryPolicy, succeedsAt = Infinity) {
  const attempts$ = new Subject<string>();
  const delivery = topic.deliver({
    id: 's',
    retry,
    handle(value, { attempt }) {
      attempts$.next(`${value}${attempt}`);
      return attempt < succeedsAt ? throwError(() => new Error('no')) : of(0);
    },
  });
  return { attempts$, delivery };
}

describe('retry', () => {
  useVirtualTime();

  it(
    'waits twice as long each time, up to the longest, and then gives up',
    marbles(({ cold, expectObservable }) => {
      const topic = new Topic<string>();
      const { attempts$ } = attemptsOf(topic, { retries: 4, delayMs: 2, maxDelayMs: 6 });
      const source$ = cold('   a');
      const expected = '       1-2---3-----4-----5';
      const errors = '         ------------------e';
      const values = { 1: 'a1', 2: 'a2', 3: 'a3', 4: 'a4', 5: 'a5' };

      expectObservable(attempts$).toBe(expected, values);
      const told$ = new Subject<unknown>();
      topic.errors$.subscribe(({ attempt, cause }) => told$.next([attempt, (cause as Error).message]));
      expectObservable(told$).toBe(errors, { e: [5, 'no'] });
      source$.subscribe((value) => topic.next(value));
    }),
  );

  it(
    'keeps its place: what comes after it waits until it is settled',
    marbles(({ cold, expectObservable }) => {
      const topic = new Topic<string>();
      const { attempts$ } = attemptsOf(topic, { retries: 2, delayMs: 5 }, 2);
      const source$ = cold('   ab');
      const expected = '       a----(Ab)-B';

      expectObservable(attempts$).toBe(expected, { a: 'a1', A: 'a2', b: 'b1', B: 'b2' });
      source$.subscribe((value) => topic.next(value));
    }),
  );

  it(
    'waits 100 ms at first by default, and 30 s at most',
    marbles(({ cold, expectObservable }) => {
      const topic = new Topic<string>();
      const { attempts$ } = attemptsOf(topic, { retries: 11 });
      const times$ = new Subject<string>();
      attempts$.subscribe(() => times$.next('t'));
      const waits = [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000];

      expectObservable(times$).toBe(`t ${waits.map((ms) => `${ms - 1}ms t`).join(' ')}`);
      cold('a').subscribe((value) => topic.next(value));
    }),
  );

  it(
    'is spread by a jitter that is given',
    marbles(({ cold, expectObservable }) => {
      const topic = new Topic<string>();
      const factors = [0.5, 0.25, 2];
      const { attempts$ } = attemptsOf(topic, { retries: 3, delayMs: 4, jitter: () => factors.shift()! });
      const expected = '       1-2-3 31ms 4';

      expectObservable(attempts$).toBe(expected, { 1: 'a1', 2: 'a2', 3: 'a3', 4: 'a4' });
      cold('a').subscribe((value) => topic.next(value));
    }),
  );

  it(
    'is only for failures that are worth it',
    marbles(({ cold, expectObservable }) => {
      const topic = new Topic<string>();
      const attempts$ = new Subject<string>();
      topic.deliver({
        id: 's',
        retry: { retries: 3, delayMs: 1, retryOn: (cause) => (cause as Error).message === 'b' },
        handle(value) {
          attempts$.next(value);
          throw new Error(value);
        },
      });
      expectObservable(attempts$).toBe('a-bb-b---b');
      cold('a-b').subscribe((value) => topic.next(value));
    }),
  );

  it(
    'aborts the attempt that failed before the next one begins, and its work',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const topic = new Topic<string>();
      const signals: AbortSignal[] = [];
      const hangs$ = cold('     -');
      const hangSubs = ['       ^--!', '       ----^--!', '       ---------^--!'];
      const aborted$ = new Subject<boolean[]>();
      topic.deliver({
        id: 's',
        timeoutMs: 3,
        retry: { retries: 2, delayMs: 1 },
        handle(_, { signal }) {
          aborted$.next(signals.map(({ aborted }) => aborted));
          signals.push(signal);
          return hangs$;
        },
      });
      expectObservable(aborted$).toBe('a---b----c', { a: [], b: [true], c: [true, true] });
      cold('a').subscribe((value) => topic.next(value));
      expectSubscriptions(hangs$.subscriptions).toBe(hangSubs);
    }),
  );

  it('counts attempts beyond the first', () => {
    const topic = new Topic<string>();
    const { delivery } = attemptsOf(topic, { retries: 3, delayMs: 0 }, 1);
    topic.next('a');
    expect(delivery.stats()).toMatchObject({ retried: 0, succeeded: 1 });
  });

  it('holds no timer once the subscriber was closed while one waits', () => {
    const left = countTimers(() => {
      const topic = new Topic<string>();
      const { delivery } = attemptsOf(topic, { retries: 3 });
      topic.next('a');
      topic.next('b');
      expect(delivery.stats()).toMatchObject({ running: 1, waiting: 1, retried: 1 });
      delivery.close();
      expect(delivery.stats()).toMatchObject({ running: 0, waiting: 0, discarded: 2 });
    });
    expect(left).toBe(0);
  });

  it('does not begin again after it was closed by the handler that failed', () => {
    const left = countTimers(() => {
      const topic = new Topic<string>();
      let attempts = 0;
      topic.deliver({
        id: 's',
        retry: { retries: 3 },
        handle() {
          attempts++;
          topic.deliveries()[0]!.close();
          throw new Error('no');
        },
      });
      const outcomes: string[] = [];
      topic.publish('a').settled$.subscribe(({ outcome }) => outcomes.push(outcome));
      expect(attempts).toBe(1);
      expect(outcomes).toHaveLength(1);
      expect(topic.deliveries()).toEqual([]);
    });
    expect(left).toBe(0);
  });

  it(
    'gives every attempt its own deadline',
    marbles(({ cold, expectObservable }) => {
      const topic = new Topic<string>();
      const ends$ = new Subject<string>();
      topic.deliver({
        id: 's',
        timeoutMs: 4,
        retry: { retries: 1, delayMs: 2 },
        handle: (_, { attempt }) => (attempt === 1 ? NEVER : cold('---|')),
      });
      cold('a').subscribe((value) => topic.publish(value).settled$.subscribe(({ outcome }) => ends$.next(outcome)));
      expectObservable(ends$).toBe('---------e', { e: 'succeeded' });
    }),
  );

  it('runs each attempt anew, also of a handler that gives the same Observable', () => {
    const topic = new Topic<string>();
    let subscribed = 0;
    const cold$ = new Observable((subscriber) => {
      subscribed++;
      subscriber.complete();
    });
    topic.deliver({ id: 's', handle: () => cold$ });
    topic.next('a');
    topic.next('b');

    expect(subscribed).toBe(2);
  });
});
