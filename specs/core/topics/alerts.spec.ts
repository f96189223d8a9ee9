import { NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { CongestionAlert } from '../../../lib/contracts/delivery.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { marbles } from '../../support/marbles.ts';
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
