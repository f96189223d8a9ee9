import fc from 'fast-check';
import { NEVER } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { CongestionAlert, Overflow } from '../../../lib/contracts/delivery.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { marbles } from '../../support/marbles.ts';
import { runs } from '../../support/seed.ts';
import { manual } from './support/manual.ts';
import { useVirtualTime } from './support/virtualTime.ts';

describe('alerts$', () => {
  useVirtualTime();

  it(
    'name topic, subscriber, depth, age, running, dropped and since, on the delivery and on the topic',
    marbles(({ cold, expectObservable }) => {
      const topic = new Topic<string>({ name: 'orders' });
      const delivery = topic.deliver({
        id: 'slow',
        handle: () => cold('20ms |'),
        bufferSize: 4,
        overflow: 'dropNewest',
        watermarks: { high: 3, low: 1, holdMs: 2 },
      });
      const source$ = cold(' abcdefg');
      const expected = '     -----r 56ms c';
      const values: Record<string, CongestionAlert> = {
        r: {
          kind: 'raised',
          topic: 'orders',
          subscriber: 'slow',
          depth: 4,
          bufferSize: 4,
          oldestAgeMs: 4,
          running: 1,
          dropped: 1,
          since: 3,
          timeToFullMs: 0,
        },
        c: {
          kind: 'cleared',
          topic: 'orders',
          subscriber: 'slow',
          depth: 1,
          bufferSize: 4,
          oldestAgeMs: 58,
          running: 1,
          dropped: 2,
          since: 60,
        },
      };

      expectObservable(delivery.alerts$, '^ 70ms !').toBe(expected, values);
      expectObservable(topic.alerts$, '^ 70ms !').toBe(expected, values);
      source$.subscribe(topic);
    }),
  );

  it(
    'count the age of a value from when it first waited, also for room',
    marbles(({ cold, expectObservable, flush }) => {
      const topic = new Topic<string>();
      const delivery = topic.deliver({ id: 's', handle: () => cold('9ms |'), bufferSize: 1, overflow: 'block' });
      topic.next('runs');
      topic.next('waits');
      topic.next('waits for room');
      const ages: number[] = [];
      cold('--a------b', {}).subscribe(() => ages.push(delivery.stats().oldestAgeMs));

      expectObservable(delivery.alerts$, '^ 15ms !').toBe('----');
      flush();
      expect(ages).toEqual([2, 9]); // at 9 ms the first has gone, and the third is as old
    }),
  );

  it('are what a machine tells that looks at depth and age every millisecond, whatever happens', () => {
    const contract = fc
      .record({
        high: fc.integer({ min: 1, max: 5 }),
        gap: fc.nat({ max: 6 }),
        highAgeMs: fc.constantFrom(Infinity, 4, 9, 20),
        holdMs: fc.nat({ max: 5 }),
        overflow: fc.constantFrom<Overflow>('error', 'dropOldest', 'coalesce', 'block', 'park'),
      })
      .map(({ high, gap, overflow, ...rest }) => ({
        overflow,
        watermarks: { high, low: Math.max(high - 1 - gap, 0), ...rest },
      }));
    const what = fc.constantFrom(
      'publish',
      'publish',
      'publish',
      'finish',
      'finish',
      'fail',
      'pause',
      'resume',
      'redrive',
    );
    const steps = fc.array(fc.record({ what, times: fc.integer({ min: 1, max: 4 }), ms: fc.nat({ max: 6 }) }), {
      maxLength: 40,
    });

    fc.assert(
      fc.property(contract, steps, ({ overflow, watermarks }, steps) => {
        const { high, low, highAgeMs, holdMs } = watermarks;
        vi.clearAllTimers(); // of a run that failed
        const topic = new Topic<number>();
        const { delivery, open } = manual(topic, 's', { bufferSize: 7, overflow, watermarks });
        const told: string[] = [];
        delivery.alerts$.subscribe(({ kind, depth, since }) =>
          told.push(`${kind} at ${Date.now()}, depth ${depth}, since ${since}`),
        );
        const expected: string[] = [];
        let isRaised = false;
        let crossedAt: number | undefined;
        const look = (): void => {
          const { waiting, blocked, oldestAgeMs } = delivery.stats();
          const depth = waiting + blocked;
          const isBeyond = isRaised
            ? depth <= low && oldestAgeMs <= highAgeMs / 2
            : depth >= high || oldestAgeMs >= highAgeMs;
          crossedAt = isBeyond ? (crossedAt ?? Date.now()) : undefined;
          if (crossedAt === undefined || Date.now() - crossedAt < holdMs) return;
          isRaised = !isRaised;
          expected.push(`${isRaised ? 'raised' : 'cleared'} at ${Date.now()}, depth ${depth}, since ${crossedAt}`);
          crossedAt = undefined;
          look();
        };
        for (const { what, times, ms } of steps) {
          for (let i = 0; i < times; i++) {
            if (what === 'publish') topic.next(i);
            else if (what === 'finish') open()[0]?.succeed();
            else if (what === 'fail') open()[0]?.fail();
            else delivery[what as 'pause']();
            look();
          }
          for (let i = 0; i < ms; i++) {
            vi.advanceTimersByTime(1);
            look();
          }
        }
        expect(told).toEqual(expected);
        delivery.close();
        expect(told.length % 2).toBe(0);
        expect(vi.getTimerCount(), 'X3').toBe(0);
      }),
      runs(),
    );
  });

  it('complete when the subscriber has ended, after what was raised is cleared', () => {
    const topic = new Topic<number>();
    const delivery = topic.deliver({
      id: 's',
      handle: () => NEVER,
      watermarks: { high: 1, low: 0, holdMs: 0 },
    });
    const log: string[] = [];
    delivery.alerts$.subscribe({ next: ({ kind }) => log.push(kind), complete: () => log.push('complete') });
    topic.next(1);
    topic.next(2);
    delivery.close();

    expect(log).toEqual(['raised', 'cleared', 'complete']);
  });

  it('do no harm when whoever is alerted closes the subscriber', () => {
    for (const when of ['raised', 'cleared']) {
      const topic = new Topic<number>();
      const delivery = topic.deliver({
        id: 's',
        handle: () => NEVER,
        watermarks: { high: 1, low: 0, holdMs: 0 },
      });
      const log: string[] = [];
      topic.alerts$.subscribe(({ kind }) => {
        log.push(kind);
        if (kind === when) delivery.close();
      });
      topic.next(1);
      topic.next(2);
      if (when === 'cleared') delivery.close();

      expect(log).toEqual(['raised', 'cleared']);
      expect(delivery.stats()).toMatchObject({ offered: 2, discarded: 2, waiting: 0, running: 0 });
      expect(topic.deliveries()).toEqual([]);
    }
  });
});
