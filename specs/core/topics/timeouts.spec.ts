import fc from 'fast-check';
import { NEVER, Observable, Subject } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { marbles } from '../../support/marbles.ts';
import { runs } from '../../support/seed.ts';
import { manual } from './support/manual.ts';
import { useVirtualTime } from './support/virtualTime.ts';

describe('timeoutMs', () => {
  useVirtualTime();

  it('T13 a slot is released once, whatever a handler that was late does afterwards, in any order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 3 }),
        fc.array(fc.record({ fails: fc.boolean(), isLate: fc.boolean() }), { minLength: 1, maxLength: 8 }),
        async (scheduler, concurrency, values) => {
          const topic = new Topic<number>();
          const live = new Set<number>();
          let most = 0;
          let errors = 0;
          topic.errors$.subscribe(() => errors++);
          const delivery = topic.deliver({
            id: 's',
            concurrency,
            timeoutMs: 10,
            async handle(n, { signal }) {
              live.add(n);
              most = Math.max(most, live.size);
              signal.addEventListener('abort', () => live.delete(n));
              const { fails, isLate } = values[n]!;
              if (isLate) await new Promise((resolve) => signal.addEventListener('abort', resolve));
              await scheduler.schedule(Promise.resolve(), `value ${n} ends`);
              live.delete(n);
              if (fails) throw new Error('no');
            },
          });
          const outcomes: string[][] = values.map(() => []);
          for (const n of values.keys())
            topic.publish(n).settled$.subscribe(({ outcome }) => outcomes[n]!.push(outcome));

          for (let i = 0; i < values.length * 3; i++) {
            vi.advanceTimersByTime(4);
            if (scheduler.count() > 0) await scheduler.waitNext(1);
            await Promise.resolve();
            expect(delivery.stats().running).toBeLessThanOrEqual(concurrency);
          }
          vi.advanceTimersByTime(10 * values.length);
          await scheduler.waitIdle();
          await vi.advanceTimersByTimeAsync(10 * values.length);

          expect(most).toBeLessThanOrEqual(concurrency);
          for (const outcome of outcomes) expect(outcome).toHaveLength(1);
          const { succeeded, failed, running } = delivery.stats();
          expect([succeeded + failed, running]).toEqual([values.length, 0]);
          expect(errors).toBe(failed);
        },
      ),
      runs(),
    );
  });

  it('T14 the signal is aborted before its slot is used again, and fails with what was late', () => {
    const topic = new Topic<number>();
    const seen: unknown[] = [];
    let signal: AbortSignal | undefined;
    topic.errors$.subscribe(({ cause, attempt }) => seen.push([(cause as Error).name, attempt]));
    topic.deliver({
      id: 's',
      timeoutMs: 10,
      handle(n, context) {
        seen.push([n, signal?.aborted]);
        ({ signal } = context);
        return NEVER;
      },
    });
    topic.next(1);
    topic.next(2);
    vi.advanceTimersByTime(10);

    expect(seen).toEqual([
      [1, undefined],
      ['DeadlineError', 1],
      [2, true],
    ]);
  });

  it(
    'runs from when the handler starts, and leaves nothing of what it began',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const topic = new Topic<string>();
      const work$ = cold('-----|');
      const subs = ['     ^--!', '---^--!'];
      const told$ = new Subject<string>();
      topic.errors$.subscribe(({ value }) => told$.next(value as string));
      topic.deliver({ id: 's', timeoutMs: 3, handle: () => work$ });
      expectObservable(told$).toBe('---a--b');
      topic.next('a');
      topic.next('b'); // waits for 3 ms, and then has its own
      expectSubscriptions(work$.subscriptions).toBe(subs);
    }),
  );

  it('works beyond what a timer can wait', () => {
    const topic = new Topic<number>();
    const { delivery } = manual(topic, 's', { timeoutMs: 2 ** 32 });
    topic.next(1);
    vi.advanceTimersByTime(2 ** 32 - 1);
    expect(delivery.stats().running).toBe(1);
    vi.advanceTimersByTime(1);
    expect(delivery.stats()).toMatchObject({ running: 0, failed: 1 });
  });

  it('has one timer for all values', () => {
    const topic = new Topic<number>();
    const { delivery } = manual(topic, 's', { timeoutMs: 100, concurrency: 1_000, retry: { retries: 0 } });
    for (let n = 0; n < 1_000; n++) {
      topic.next(n);
      if (n % 100 === 0) vi.advanceTimersByTime(1);
    }
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(100);
    expect(delivery.stats().failed).toBe(1_000);
  });

  it('a signal that is asked for late is aborted already', () => {
    const topic = new Topic<number>();
    const { calls } = manual(topic, 's', { timeoutMs: 10 });
    topic.next(1);
    vi.advanceTimersByTime(10);
    expect(calls[0]!.context.signal.aborted).toBe(true);

    const ok = manual(topic, 't');
    topic.next(2);
    ok.open()[0]!.succeed();
    expect(ok.calls[0]!.context.signal.aborted).toBe(false); // it came to its end by itself
  });

  it('T14 what is let go of when it is late is let go of before the next one starts', () => {
    const topic = new Topic<number>();
    const log: string[] = [];
    topic.deliver({
      id: 's',
      timeoutMs: 5,
      handle: (n) =>
        new Observable(() => {
          log.push(`begin ${n}`);
          return () => log.push(`end ${n}`);
        }),
    });
    for (const n of [1, 2]) topic.next(n);
    vi.advanceTimersByTime(10);

    expect(log).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2']);
  });
});
