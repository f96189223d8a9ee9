import fc from 'fast-check';
import { asyncScheduler, EMPTY, ignoreElements, map, mergeMap, NEVER, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { UnreachableError } from '../../../lib/contracts/failure.ts';
import { NotifyError, type NotifyFailureKind } from '../../../lib/contracts/notifier.ts';
import { fullJitterMs } from '../../../lib/core/watching/fullJitterMs.ts';
import { verdictOn } from '../../../lib/core/watching/verdictOn.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';
import { failing, fakeManager, fakeNotifier } from './support/fakes.ts';
import { observing, registered } from './support/observing.ts';

const DAY = 86_400_000;
const YEAR = 365.25 * DAY;

describe('a cycle', () => {
  it('N1 asks each queue manager once, however many registered, also when it fails or hangs, and tells that', () => {
    virtually((time) => {
      const fine = fakeManager('fine');
      const broken = fakeManager('broken', () => throwError(() => new UnreachableError('broken', 'it is off')));
      const hung = fakeManager('hung', () => NEVER);
      const silent = fakeManager('silent', () => EMPTY);
      const idle = fakeManager('idle');
      const notifier = fakeNotifier();
      const { observer, reports, errors } = observing(time, 30_500, {
        sources: [fine, broken, hung, silent, idle],
        notifiers: [notifier],
        notifyIntervalMs: 10_000,
        depthTimeoutMs: 3_000,
      });
      for (let i = 0; i < 250; i++) {
        for (const manager of ['fine', 'broken', 'hung', 'silent', 'nowhere']) {
          registered(observer, { manager, queue: `Q${i}` }, `owner-${i}`);
        }
      }
      time.at(30_400, () => {
        expect([fine, broken, hung, silent, idle].map(({ asked }) => asked)).toEqual([3, 3, 3, 3, 0]);
        expect(reports).toHaveLength(2); // the hung one holds the third up
        expect(reports[0]).toMatchObject({
          startTime: 11_000,
          endTime: 14_000,
          registrations: 1_250,
          told: 250,
          failed: 0,
        });
        expect(reports[0]!.managers).toEqual({ asked: 4, failed: 3 });
        expect(reports[0]!.untold).toMatchObject({ unknownDepth: 750, unknownManager: 250 });
        expect(errors.filter(({ name }) => name === 'ManagerError')).toHaveLength(8);
        expect(errors.filter(({ name }) => name !== 'ManagerError')).toEqual([]);
        expect(notifier.told).toHaveLength(750);
        const [one, two, three] = observer.stats().managers;
        expect(one).toMatchObject({ manager: 'fine', state: 'reachable', failures: 0, lastAnswerTime: 31_000 });
        expect(two).toMatchObject({ manager: 'broken', state: 'failing', failures: 3 });
        expect(two!.lastError).toContain('it is off');
        expect(three).toMatchObject({ state: 'failing', failures: 2 });
      });
    });
  });

  it('N2 tells of queues that are deep enough, and only those that are active when it is their turn', () => {
    virtually((time) => {
      const depths = new Map(Object.entries({ deep: 5, empty: 0, odd: NaN, negative: -1 }));
      const notifier = fakeNotifier(({ registration }) =>
        registration.id === 'first' ? timer(500).pipe(ignoreElements()) : undefined,
      );
      const { observer, reports } = observing(time, 1_900, {
        sources: [fakeManager('QM', () => of(depths))],
        notifiers: [notifier],
        bulkheadConcurrency: 1,
      });
      registered(observer, { id: 'first', queue: 'deep', minDepth: 5 });
      for (const id of ['removed', 'replaced', 'last']) registered(observer, { id, queue: 'deep' });
      for (const queue of ['empty', 'odd', 'negative', 'absent']) registered(observer, { id: queue, queue });
      registered(observer, { id: 'shallow', queue: 'deep', minDepth: 6 });
      registered(observer, { id: 'strange', queue: 'deep', notify: 'unknown' });
      time.at(1_100, () => {
        observer.unregister({ id: 'removed' }, 'me').subscribe();
        registered(observer, { id: 'replaced', queue: 'deep', notify: 'host/other' });
      });
      time.at(1_800, () => {
        expect(notifier.told.map(({ registration }) => registration.id)).toEqual(['first', 'last']);
        expect(reports[0]).toMatchObject({ registrations: 10, told: 2 });
        expect(reports[0]!.untold).toMatchObject({ shallow: 5, unaddressed: 1, gone: 2 });
      });
    });
  });

  it('accounts for every active registration in each report', () => {
    const target = fc.constantFrom('a/ok', 'a/later', 'b/hang', 'c/500', 'd/410', 'e/404', 'unknown');
    const manager = fc.constantFrom('QM', 'off', 'nowhere');
    const wish = fc.record({ manager, notify: target, minDepth: fc.integer({ min: 1, max: 2 }) });
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (wishes, concurrency) => {
        virtually((time) => {
          const { observer, reports } = observing(time, 100_000, {
            sources: [fakeManager('QM'), fakeManager('off', () => throwError(() => new Error('off')))],
            ...{ concurrency, bulkheadConcurrency: 2, notifyTimeoutMs: 300, retry: { retries: 1 } },
          });
          wishes.forEach((facts, i) => registered(observer, { id: `i${i}`, ...facts }));
          time.at(99_000, () => {
            expect(reports.length).toBeGreaterThan(1);
            for (const { registrations, told, failed, untold } of reports) {
              expect(told + failed + Object.values<number>({ ...untold }).reduce((sum, n) => sum + n, 0)).toBe(
                registrations,
              );
            }
          });
        });
      }),
      runs(50),
    );
  });

  it('N9 keeps to its caps, of all and of each bulkhead, and fills the places it has', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a/ok', 'a/hang', 'b/later', 'c/500', 'd/later', 'e/hang'), {
          minLength: 1,
          maxLength: 60,
        }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        (targets, concurrency, bulkheadConcurrency) => {
          virtually((time) => {
            const notifier = fakeNotifier();
            const { observer } = observing(time, 200_000, {
              ...{ notifiers: [notifier], concurrency, bulkheadConcurrency },
              ...{ notifyTimeoutMs: 1_000, failureLimit: 99, notifyIntervalMs: 150_000 },
            });
            targets.forEach((notify, i) => registered(observer, { id: `i${i}`, notify }));
            time.at(199_000, () => {
              expect(notifier.running).toBe(0);
              expect(notifier.mostRunning).toBeLessThanOrEqual(concurrency);
              expect(notifier.mostPerHost).toBeLessThanOrEqual(bulkheadConcurrency);
              expect(new Set(notifier.attempts.map(({ registration }) => registration.id)).size).toBe(targets.length);
              const healthy = targets.filter((notify) => /ok|later/.test(notify));
              expect(notifier.told).toHaveLength(healthy.length);
            });
          });
        },
      ),
      runs(100),
    );
  });

  it('N10 never overlaps with another, and none is stacked up', () => {
    virtually((time) => {
      const source = fakeManager('QM');
      const { observer, reports } = observing(time, 20_500, {
        sources: [source],
        ...{ notifyTimeoutMs: 4_500, failureLimit: 99 },
      });
      registered(observer, { notify: 'host/hang' });
      time.at(20_400, () => {
        expect(reports.map(({ startTime }) => startTime - 1_000)).toEqual([1_000, 6_000, 11_000]);
        expect(source.asked).toBe(4);
      });
    });
  });

  it('N5 N6 counts failures in a row, forgets them at a success, and quarantines once', () => {
    virtually((time) => {
      const script = 'ffsfffffff';
      let at = 0;
      const notifier = fakeNotifier(({ registration: { notify } }) =>
        script[at++] === 'f' ? failing(notify, { status: 500 }) : undefined,
      );
      const { observer, errors, reports } = observing(time, 30_000, { notifiers: [notifier], backoffMs: 60_000 });
      registered(observer, { id: 'a' });
      const failures: number[] = [];
      time.at(500, () => void time.times(29, 1_000, () => failures.push(observer.get('a')!.failures)));
      time.at(29_900, () => {
        expect(failures.slice(0, 9)).toEqual([0, 1, 2, 0, 1, 2, 3, 3, 3]);
        expect(notifier.attempts).toHaveLength(6);
        expect(errors.map((error) => 'consequence' in error && error.consequence)).toEqual([
          ...['counted', 'counted', 'counted', 'counted', 'quarantined'],
        ]);
        expect(observer.stats()).toMatchObject({ quarantined: 1, totals: { quarantined: 1, told: 1, failed: 5 } });
        expect(reports.at(-1)).toMatchObject({ registrations: 0 });
      });
    });
  });

  it('N6 removes once instead, where bad ones are dropped, for good', () => {
    virtually((time) => {
      const { observer, errors } = observing(time, 10_000, { onBad: 'drop' });
      registered(observer, { id: 'a', notify: 'host/500' });
      time.at(9_000, () => {
        expect(errors.map((error) => 'consequence' in error && error.consequence)).toEqual([
          'counted',
          'counted',
          'removed',
        ]);
        expect(observer.list()).toEqual([]);
        expect(observer.stats()).toMatchObject({ tombstones: 1, totals: { removed: 1 } });
        expect(registered(observer, { id: 'a' })).toMatchObject({ kind: 'created', registration: { version: 3 } });
      });
    });
  });

  it.each([1, 60_000, 2 ** 31, 100 * YEAR])('N7 N8 restores after %s ms, exactly, with a count of 0', (backoffMs) => {
    virtually((time) => {
      const cycleMs = backoffMs + 10_000;
      const { observer } = observing(time, 2 * cycleMs - 1, { backoffMs, failureLimit: 1, notifyIntervalMs: cycleMs });
      registered(observer, { id: 'a', notify: 'host/500' });
      time.at(cycleMs + backoffMs - 0.5, () => {
        expect(observer.get('a')).toMatchObject({ failures: 1, quarantinedUntil: 1_000 + cycleMs + backoffMs });
      });
      time.at(cycleMs + backoffMs + 0.5, () => {
        expect(observer.get('a')).toMatchObject({ failures: 0, quarantinedUntil: undefined });
        expect(observer.stats()).toMatchObject({ quarantined: 0, totals: { quarantined: 1, restored: 1 } });
      });
    });
  });

  it.each([-DAY, DAY])('N8 neither restores early nor late when the clock jumps by %s ms', (jumpMs) => {
    virtually((time) => {
      const { observer } = observing(time, 250_000, { failureLimit: 1, notifyIntervalMs: 150_000 });
      const { now } = asyncScheduler;
      const seen: (number | undefined)[] = [];
      registered(observer, { id: 'a', notify: 'host/500' });
      time.at(151_000, () => (asyncScheduler.now = () => now.call(asyncScheduler) + jumpMs));
      for (const ms of [209_999, 210_001]) time.at(ms, () => seen.push(observer.get('a')?.failures));
      time.at(220_000, () => {
        asyncScheduler.now = now;
        expect(seen).toEqual([1, 0]);
      });
    });
  });

  it('N11 leaves a target alone for as long as it asks for, within reason, and disables one that is gone', () => {
    const retryAfterMs = fc.oneof(
      fc.constantFrom(-1, 0, 1e99, NaN, Infinity, -Infinity, DAY, DAY + 1),
      fc.integer({ min: 1, max: 2 * DAY }),
    );
    fc.assert(
      fc.property(retryAfterMs, fc.constantFrom(429, 503), (asked, status) => {
        const verdict = verdictOn(new NotifyError('status', 't', 'later', { status, retryAfterMs: asked }));
        expect(verdict).toEqual({ kind: 'fail', isGone: false, restMs: asked > 0 ? Math.min(asked, DAY) : 0 });
      }),
      runs(200),
    );
    virtually((time) => {
      const notifier = fakeNotifier(({ registration: { notify } }) =>
        failing(notify, { status: 503, retryAfterMs: 4_500 }),
      );
      const { observer, errors } = observing(time, 20_500, { notifiers: [notifier], retry: { retries: 5 } });
      registered(observer, { id: 'a' });
      const times: number[] = [];
      observer.errors$.subscribe(() => times.push(time.now()));
      time.at(20_000, () => {
        expect(times).toEqual([1_000, 6_000, 11_000]);
        expect(errors.at(-1)).toMatchObject({ attempts: 1, consequence: 'quarantined' });
      });
    });
    virtually((time) => {
      const { observer, errors } = observing(time, 1_500);
      registered(observer, { id: 'a', notify: 'host/410' });
      time.at(1_400, () => {
        expect(errors).toMatchObject([{ consequence: 'quarantined', attempts: 1 }]);
        expect(observer.get('a')).toMatchObject({ failures: 1, quarantinedUntil: 1_000 + 1_000 + 60_000 });
      });
    });
  });

  it('tells at most once in minGapMs, and again at once when it is registered anew', () => {
    virtually((time) => {
      const notifier = fakeNotifier();
      const { observer } = observing(time, 12_500, { notifiers: [notifier] });
      const times: number[] = [];
      registered(observer, { id: 'a', minGapMs: 2_500 });
      time.times(12, 1_000, (i) => time.at(i * 1_000 + 500, () => times.push(notifier.told.length)));
      time.at(9_700, () => registered(observer, { id: 'a', minGapMs: 2_501 }));
      time.at(12_400, () => expect(times).toEqual([0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4]));
    });
  });

  it('N12 tries again what may pass, under the same id, so often, by chance within a doubling bound, and in one time', () => {
    const cap = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(
        cap,
        cap,
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (...given) => {
          const [delayMs, maxDelayMs, failures, chance] = given;
          const waitMs = fullJitterMs({ delayMs, maxDelayMs }, failures, () => chance);
          expect(waitMs).toBeGreaterThanOrEqual(0);
          expect(waitMs).toBeLessThanOrEqual(Math.min(maxDelayMs, delayMs * 2 ** Math.min(failures - 1, 1_000)));
        },
      ),
      runs(500),
    );
    virtually((time) => {
      const notifier = fakeNotifier();
      const { observer, errors } = observing(time, 90_000, {
        ...{ notifiers: [notifier], notifyIntervalMs: 60_000, notifyTimeoutMs: 5_000 },
        retry: { retries: 3, delayMs: 100, maxDelayMs: 150 },
      });
      for (const notify of ['a/500', 'b/404', 'c/429', 'd/hang']) registered(observer, { id: notify, notify });
      time.at(89_000, () => {
        const attempts = Object.fromEntries(
          errors.map((error) => ('attempts' in error ? [error.registration.id, error.attempts] : [])),
        );
        expect(attempts).toEqual({ 'a/500': 4, 'b/404': 1, 'c/429': 4, 'd/hang': 1 });
        const ids = notifier.attempts.filter(({ registration }) => registration.id === 'a/500').map(({ id }) => id);
        expect(new Set(ids).size).toBe(1);
        expect(observer.get('a/500')).toMatchObject({ failures: 1 });
        expect(
          errors.find((error) => 'registration' in error && error.registration.id === 'd/hang')!.cause,
        ).toMatchObject({
          code: 'timed_out',
        });
        expect(observer.stats().totals).toMatchObject({ retries: 6, failed: 4 });
      });
    });
  });

  it.each<[NotifyFailureKind, number]>([
    ['connection', 3],
    ['timeout', 3],
    ['tls', 1],
    ['blocked', 1],
    ['protocol', 1],
    ['unknownJob', 1],
    ['gone', 1],
  ])('N4 counts a failure of the kind %s once, after %s attempts', (kind, attempts) => {
    virtually((time) => {
      const notifier = fakeNotifier(() => throwError(() => new NotifyError(kind, 't', 'so')));
      const { observer, errors } = observing(time, 1_900, { notifiers: [notifier], retry: { retries: 2, delayMs: 1 } });
      registered(observer, { id: 'a' });
      time.at(1_800, () => {
        expect(errors).toMatchObject([{ attempts, cause: { kind } }]);
        expect(observer.get('a')).toMatchObject({ failures: 1 });
      });
    });
  });

  it('counts neither success nor failure while the job of the last notification runs', () => {
    virtually((time) => {
      const notifier = fakeNotifier(() => throwError(() => new NotifyError('stillRunning', 'job', 'it runs')));
      const { observer, errors, reports } = observing(time, 5_500, { notifiers: [notifier] });
      registered(observer, { id: 'a' });
      time.at(5_400, () => {
        expect(errors).toEqual([]);
        expect(reports.map(({ untold }) => untold.busy)).toEqual([1, 1, 1, 1, 1]);
        expect(observer.get('a')).toMatchObject({ failures: 0, healthVersion: 0 });
      });
    });
  });

  it('counts what is no NotifyError as a failure, also what is thrown', () => {
    virtually((time) => {
      const notifier = fakeNotifier(() => {
        throw new TypeError('a bug');
      });
      const { observer, errors } = observing(time, 1_500, { notifiers: [notifier] });
      registered(observer);
      time.at(1_400, () =>
        expect(errors).toMatchObject([{ name: 'NotificationFailedError', cause: { message: 'a bug' } }]),
      );
    });
  });

  it('X3 leaves nothing behind when it is stopped, at any time', () => {
    for (let stopMs = 900; stopMs < 4_000; stopMs += 97) {
      virtually((time) => {
        const notifier = fakeNotifier();
        const { observer } = observing(time, stopMs, {
          ...{ notifiers: [notifier], notifyTimeoutMs: 800, retry: { retries: 1 } },
          sources: [fakeManager('QM'), fakeManager('slow', () => timer(300).pipe(map(() => new Map([['Q', 1]]))))],
        });
        ['a/hang', 'b/ok', 'c/500', 'd/later', 'e/410'].forEach((notify, i) => {
          for (const manager of ['QM', 'slow']) registered(observer, { notify, manager, minGapMs: i * 5_000 });
        });
        time.at(stopMs + 1, () => {
          expect(notifier.running).toBe(0);
          expect(observer.stats()).toMatchObject({ inFlight: 0, state: 'idle' });
          expect(time.timers()).toBe(0);
        });
      });
    }
  });

  it.each([
    { registrations: 10_000, concurrency: 200, layout: 'a host each', hostOf: (i: number) => `host-${i}` },
    {
      registrations: 1_000,
      concurrency: 20,
      layout: '50 to a host',
      hostOf: (i: number) => `host-${Math.floor(i / 50)}`,
    },
    {
      registrations: 1_000,
      concurrency: 20,
      layout: 'hosts that hang, and others',
      hostOf: (i: number) => `host-${i % 10}`,
    },
  ])(
    'N1 N9 tells all healthy ones of $registrations within 10 s, $concurrency at a time, a tenth of them hung, a tenth failing: $layout',
    ({ registrations, concurrency, hostOf }) => {
      virtually((time) => {
        const sources = Array.from({ length: 20 }, (_, i) => fakeManager(`QM${i}`));
        const notifier = fakeNotifier(({ registration: { notify } }) =>
          notify.endsWith('hang')
            ? NEVER
            : timer(50).pipe(mergeMap(() => (notify.endsWith('500') ? failing(notify, { status: 500 }) : EMPTY))),
        );
        const { observer, reports } = observing(time, 110_000, {
          ...{ sources, notifiers: [notifier], notifyIntervalMs: 60_000, notifyTimeoutMs: 5_000, concurrency },
          ...{ bulkheadConcurrency: 50, limits: { maxPerOwner: 10_000 }, retry: {} },
        });
        const kindOf = (i: number) => ['hang', '500'][i % 10] ?? 'ok';
        for (let i = 0; i < registrations; i++) {
          registered(observer, { id: `i${i}`, manager: `QM${i % 20}`, notify: `${hostOf(i)}/${kindOf(i)}` });
        }
        const [healthy, bad] = [registrations * 0.8, registrations * 0.2];
        time.at(70_000, () => {
          expect(notifier.told).toHaveLength(healthy);
          expect(notifier.mostRunning).toBe(concurrency);
          expect(sources.map(({ asked }) => asked)).toEqual(Array(20).fill(1));
        });
        time.at(109_000, () => {
          expect(reports).toMatchObject([{ told: healthy, failed: bad, managers: { asked: 20, failed: 0 } }]);
        });
      });
    },
  );
});
