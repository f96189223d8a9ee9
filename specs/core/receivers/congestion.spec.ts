import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Congestion } from '../../../lib/core/topics/congestion.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';
import { referenceAlerts, type Marks, type Series } from './support/referenceAlerts.ts';

/** What is told when the depth is `series[i]` from the i-th ms on, in `kind at` form. */
function told(marks: Marks, series: Series): readonly string[] {
  return virtually(({ at, now }) => {
    const alerts: string[] = [];
    let depth = 0;
    const congestion = new Congestion({
      watermarks: { ...marks, highAgeMs: Infinity },
      bufferSize: 100,
      depth: () => depth,
      oldestSince: () => (depth > 0 ? 0 : undefined),
      alert: ({ kind }) => alerts.push(`${kind} ${now()}`),
    });
    series.forEach((next, ms) =>
      at(ms, () => {
        depth = next;
        congestion.update(depth);
      }),
    );
    at(series.length + marks.holdMs + 1, () => {
      alerts.push('end');
      depth = 0; // what ends has nothing waiting any more
      congestion.stop();
    });
    return alerts;
  });
}

const marks = fc
  .record({ low: fc.nat(5), gap: fc.integer({ min: 1, max: 5 }), holdMs: fc.nat(8) })
  .map(({ low, gap, holdMs }) => ({ low, high: low + gap, holdMs }));
/** Depths that stay a while, so that something is raised now and then. */
const series = fc
  .array(fc.record({ depth: fc.nat(12), ms: fc.integer({ min: 1, max: 12 }) }), { maxLength: 25 })
  .map((steps) => steps.flatMap(({ depth, ms }) => Array.from({ length: ms }, () => depth)));

describe('congestion', () => {
  it('R8 is what a reference machine says, on any series of depths', () => {
    let raised = 0;
    fc.assert(
      fc.property(marks, series, (marks, series) => {
        const alerts = told(marks, series);
        raised += alerts.filter((alert) => alert.startsWith('raised')).length;
        expect(alerts.slice(0, alerts.indexOf('end'))).toEqual(referenceAlerts(marks, series));
      }),
      runs(500),
    );
    expect(raised).toBeGreaterThan(200); // it was about something
  });

  it('R6 is raised once and cleared once, in turn, with at most one pair per hold time', () => {
    fc.assert(
      fc.property(marks, series, (marks, series) => {
        const all = told(marks, series);
        const alerts = all.slice(0, all.indexOf('end'));
        const times = alerts.map((alert) => Number(alert.split(' ')[1]));
        expect(alerts.map((alert) => alert.split(' ')[0])).toEqual(
          alerts.map((_, i) => (i % 2 === 0 ? 'raised' : 'cleared')),
        );
        times.slice(1).forEach((ms, i) => expect(ms - times[i]!).toBeGreaterThanOrEqual(marks.holdMs));
      }),
      runs(500),
    );
  });

  it('R6 is not told of an oscillation within the hold time, whatever its form', () => {
    const oscillation = fc.array(
      fc.record({ above: fc.integer({ min: 1, max: 9 }), below: fc.integer({ min: 1, max: 9 }) }),
    );
    fc.assert(
      fc.property(oscillation, (waves) => {
        const up = waves.flatMap(({ above, below }) => [
          ...Array<number>(above).fill(9),
          ...Array<number>(below).fill(7),
        ]);
        const down = waves.flatMap(({ above, below }) => [
          ...Array<number>(below).fill(2),
          ...Array<number>(above).fill(8),
        ]);
        const marks = { high: 8, low: 2, holdMs: 10 };
        const held = Array<number>(11).fill(8);

        expect(told(marks, [...up, 7])).toEqual(['end']);
        expect(told(marks, [...held, ...down, 8, 8])).toEqual(['raised 10', 'end', `cleared ${13 + down.length + 11}`]);
      }),
      runs(200),
    );
  });
});
