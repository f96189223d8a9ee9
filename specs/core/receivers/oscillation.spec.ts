import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReceiver } from '../../../lib/core/receivers/createReceiver.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';
import { manual } from './support/manual.ts';
import { referenceAlerts } from './support/referenceAlerts.ts';

const marks = fc
  .record({ low: fc.nat(3), gap: fc.integer({ min: 1, max: 3 }), holdMs: fc.integer({ min: 1, max: 6 }) })
  .map(({ low, gap, holdMs }) => ({ low, high: low + gap, holdMs }));
/** In a ms there comes an event, or routes settle one, or nothing happens; for a while. */
const steps = fc.array(
  fc.record({
    isEvent: fc.boolean(),
    settles: fc.subarray([0, 1, 2]),
    ms: fc.integer({ min: 1, max: 5 }),
    pauseMs: fc.constantFrom(0, 0, 3, 8),
  }),
  { maxLength: 25 },
);

describe('the alerts of a receiver', () => {
  it('R6, R8 are those of a reference machine per route, over any history of events', () => {
    let told = 0;
    const property = fc.property(fc.array(marks, { minLength: 3, maxLength: 3 }), steps, (marksOf, steps) => {
      virtually(({ at, now }) => {
        const began = now();
        const receiver = createReceiver<number>({ tenant: 'acme', name: 'orders' });
        const alerts = new Map<string, string[]>();
        const series = marksOf.map((): number[] => []);
        const routes = marksOf.map((watermarks, i) => {
          alerts.set(`route ${i}`, []);
          return manual(receiver, `route ${i}`, { concurrency: 1, bufferSize: 20, overflow: 'dropNewest', watermarks });
        });
        receiver.alerts$.subscribe(({ kind, route }) => alerts.get(route)!.push(`${kind} ${now() - began}`));

        let ms = 0;
        const tick = (work: () => void) =>
          at(ms++, () => {
            work();
            routes.forEach(({ handle }, i) => series[i]!.push(handle.stats().waiting));
          });
        for (const { isEvent, settles, ms: busyMs, pauseMs } of steps) {
          for (let i = 0; i < busyMs; i++)
            tick(() => {
              if (isEvent) receiver.next(ms);
              else settles.forEach((which) => routes[which]!.open()[0]?.succeed());
            });
          for (let i = 0; i < pauseMs; i++) tick(() => undefined);
        }
        at(ms + 10, () => {
          marksOf.forEach((marks, i) => {
            const expected = referenceAlerts(marks, series[i]!);
            expect(alerts.get(`route ${i}`)).toEqual(expected);
            told += expected.length;
          });
          receiver.unsubscribe();
        });
      });
    });
    fc.assert(property, runs(150));
    expect(told).toBeGreaterThan(50); // it was about something
  });
});
