import { ignoreElements, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { virtually } from '../../support/virtually.ts';
import { fakeManager, fakeNotifier, fakeStore } from './support/fakes.ts';
import { observing, outcome, registered } from './support/observing.ts';

const MANAGERS = Array.from({ length: 20 }, (_, n) => `QM${n}`);
const END = (n: number) => (n % 10 === 3 ? 'hang' : n % 10 === 7 ? '500' : 'later');

describe('many registrations', () => {
  it('N1 N9 of 10,000, a tenth hung and a tenth failing, all others are told within 10 s, and managers asked once', () => {
    virtually((time) => {
      const sources = MANAGERS.map((name) => fakeManager(name));
      const notifier = fakeNotifier();
      const { observer, reports } = observing(time, 200_000, {
        ...{ sources, notifiers: [notifier], notifyIntervalMs: 100_000 },
        ...{ notifyTimeoutMs: 5_000, concurrency: 200, bulkheadConcurrency: 4, retry: { retries: 2 } },
      });
      for (let n = 0; n < 10_000; n++) {
        const facts = { manager: MANAGERS[n % 20]!, queue: `Q${n}`, notify: `host-${n}/${END(n)}` };
        registered(observer, facts, `owner-${n % 100}`);
      }
      time.at(110_000, () => {
        expect(new Set(notifier.told.map(({ registration }) => registration.queue)).size).toBe(8_000);
        expect(notifier.told).toHaveLength(8_000);
        expect(sources.map(({ asked }) => asked)).toEqual(MANAGERS.map(() => 1));
        expect(notifier.mostRunning).toBe(200);
      });
      time.at(199_000, () => expect(reports[0]).toMatchObject({ told: 8_000, failed: 2_000 }));
    });
  });
});

describe('a flush', () => {
  it('F5 O5 counts each once, and brings nothing back: during a save, during a cycle, twice at once', () => {
    virtually((time) => {
      const store = fakeStore({ before: (action) => (action === 'save' ? timer(300) : undefined) });
      const notifier = fakeNotifier(() => timer(300).pipe(ignoreElements()));
      const { observer } = observing(time, 20_000, { store, notifiers: [notifier] });
      const flushes: ReturnType<typeof outcome>[] = [];
      const register = (count: number) => {
        for (let n = 0; n < count; n++) {
          outcome(observer.register({ manager: 'QM', queue: `Q${n}`, notify: `h${n}/ok` }, 'me'));
        }
      };
      const flushTwice = () => flushes.push(outcome(observer.flush()), outcome(observer.flush()));
      time.at(1, () => register(5));
      time.at(150, () => (expect(store.running).toBe(1), flushTwice()));
      time.at(160, () => register(3));
      time.at(1_100, () => (expect(notifier.running).toBe(3), flushTwice()));
      time.at(19_000, () => {
        expect(flushes.map(({ values }) => (values[0] as { count: number }).count)).toEqual([5, 0, 3, 0]);
        expect(observer.list()).toEqual([]);
        expect(store.saved.at(-1)!.registrations).toEqual([]);
        expect(notifier.attempts).toHaveLength(3);
      });
    });
  });
});

describe('two runs with the same chance', () => {
  it('X1 do the same at the same times', () => {
    const trace = (seed: number) => {
      const seen: unknown[] = [];
      virtually((time) => {
        let state = seed;
        const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
        const notifier = fakeNotifier(({ id, registration }) => void seen.push([time.now(), id, registration.id]));
        const { observer } = observing(time, 30_000, { notifiers: [notifier], random, retry: { retries: 2 } });
        observer.errors$.subscribe(({ name, message }) => seen.push([time.now(), name, message]));
        observer.reports$.subscribe((report) => seen.push([time.now(), report]));
        for (let n = 0; n < 50; n++) registered(observer, { queue: `Q${n}`, notify: `host-${n}/${END(n)}` });
      });
      return JSON.stringify(seen);
    };

    expect(trace(42)).toBe(trace(42));
    expect(trace(42)).not.toBe(trace(43));
  });
});
