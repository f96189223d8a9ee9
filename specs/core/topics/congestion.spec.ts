import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Congestion, type LineAlert } from '../../../lib/core/topics/congestion.ts';
import { runs } from '../../support/seed.ts';
import { useVirtualTime } from './support/virtualTime.ts';

interface Marks {
  readonly high: number;
  readonly low: number;
  readonly highAgeMs: number;
  readonly holdMs: number;
}

/** A waiting line that is watched, and what is told of it. */
function watched(watermarks: Marks, bufferSize = 100) {
  const begun = Date.now();
  const line: number[] = []; // since when each waits
  const told: string[] = [];
  const alerts: LineAlert[] = [];
  const congestion = new Congestion({
    watermarks,
    bufferSize,
    depth: () => line.length,
    oldestSince: () => line[0],
    alert(alert) {
      alerts.push(alert);
      told.push(`${alert.kind} at ${Date.now() - begun}, depth ${alert.depth}, since ${alert.since - begun}`);
    },
  });
  return {
    told,
    alerts,
    congestion,
    setDepth(depth: number) {
      while (line.length > depth) line.shift();
      while (line.length < depth) line.push(Date.now());
      congestion.update(line.length);
    },
  };
}

describe('congestion', () => {
  useVirtualTime();

  it('is what a machine tells that looks every millisecond', () => {
    const marks = fc
      .record({ high: fc.integer({ min: 1, max: 8 }), gap: fc.nat({ max: 8 }), holdMs: fc.nat({ max: 5 }) })
      .map(({ high, gap, holdMs }) => ({ high, low: Math.max(high - 1 - gap, 0), highAgeMs: Infinity, holdMs }));
    const series = fc.array(fc.record({ afterMs: fc.nat({ max: 6 }), depth: fc.nat({ max: 10 }) }), { maxLength: 40 });

    fc.assert(
      fc.property(marks, series, (marks, series) => {
        const { told, setDepth, congestion } = watched(marks);
        const expected: string[] = [];
        let now = 0;
        let depth = 0;
        let isRaised = false;
        let crossedAt: number | undefined;
        const look = (): void => {
          crossedAt = (isRaised ? depth <= marks.low : depth >= marks.high) ? (crossedAt ?? now) : undefined;
          if (crossedAt === undefined || now - crossedAt < marks.holdMs) return;
          expected.push(`${isRaised ? 'cleared' : 'raised'} at ${now}, depth ${depth}, since ${crossedAt}`);
          isRaised = !isRaised;
          crossedAt = undefined;
        };
        for (const step of [...series, { afterMs: 10, depth: 0 }]) {
          for (let i = 0; i < step.afterMs; i++) {
            now++;
            look();
          }
          depth = step.depth;
          look();
          vi.advanceTimersByTime(step.afterMs);
          setDepth(step.depth);
        }
        expect(told).toEqual(expected);
        congestion.stop();
        expect(told.length % 2).toBe(0); // what was raised is cleared, at the latest when it ends
        expect(vi.getTimerCount()).toBe(0);
      }),
      runs(),
    );
  });

  it('is told once, whatever goes up and down within the hold time', () => {
    const { told, setDepth } = watched({ high: 8, low: 2, highAgeMs: Infinity, holdMs: 10 });
    for (let i = 0; i < 100; i++) {
      setDepth(i % 2 === 0 ? 9 : 7);
      vi.advanceTimersByTime(9);
    }
    expect(told).toEqual([]);

    setDepth(8);
    vi.advanceTimersByTime(100);
    for (let i = 0; i < 100; i++) {
      setDepth(i % 2 === 0 ? 2 : 3);
      vi.advanceTimersByTime(9);
    }
    expect(told).toEqual(['raised at 910, depth 8, since 900']);
  });

  it('is told of age, by a timer, without any change of the line', () => {
    const { told, alerts, setDepth } = watched({ high: 8, low: 2, highAgeMs: 1_000, holdMs: 10 });
    setDepth(1);
    vi.advanceTimersByTime(2_000);
    expect(told).toEqual(['raised at 1010, depth 1, since 1000']);
    expect(alerts[0]?.oldestAgeMs).toBe(1_010);

    setDepth(0);
    vi.advanceTimersByTime(2_000);
    expect(told.slice(1)).toEqual(['cleared at 2010, depth 0, since 2000']);
  });

  it('is told of depth when it held for its time, though an age far ahead is waited for', () => {
    const { told, setDepth } = watched({ high: 8, low: 2, highAgeMs: 60_000, holdMs: 10 });
    setDepth(1);
    vi.advanceTimersByTime(5);
    setDepth(9);
    vi.advanceTimersByTime(1_000);

    expect(told).toEqual(['raised at 15, depth 9, since 5']);
  });

  it('tells when the line will be full, if it grows', () => {
    const { alerts, setDepth } = watched({ high: 80, low: 40, highAgeMs: Infinity, holdMs: 0 }, 100);
    for (let depth = 1; depth <= 80; depth++) {
      setDepth(depth);
      vi.advanceTimersByTime(10);
    }
    expect(alerts.map(({ timeToFullMs }) => timeToFullMs)).toEqual([200]); // 20 more, one every 10 ms

    setDepth(0);
    setDepth(90);
    expect(alerts.map(({ timeToFullMs }) => timeToFullMs)).toEqual([200, undefined, undefined]); // no time has passed
  });

  it('is told of an end of age when no value was too old all the time, also none that has gone since', () => {
    const { told, setDepth } = watched({ high: 8, low: 2, highAgeMs: 4, holdMs: 5 });
    setDepth(1);
    vi.advanceTimersByTime(9);
    setDepth(0);
    setDepth(1);
    vi.advanceTimersByTime(2);
    setDepth(2);
    vi.advanceTimersByTime(1);
    setDepth(1); // the one that goes waited for 3 ms, and more than 2 are too much
    vi.advanceTimersByTime(1);
    setDepth(0);
    vi.advanceTimersByTime(10);

    expect(told).toEqual(['raised at 9, depth 1, since 4', 'cleared at 17, depth 0, since 12']);
  });

  it('waits longer than a timer can', () => {
    const { told, setDepth } = watched({ high: 8, low: 2, highAgeMs: 2 ** 33, holdMs: 0 });
    setDepth(1);
    vi.advanceTimersByTime(2 ** 33 - 1);
    expect(told).toEqual([]);

    vi.advanceTimersByTime(1);
    expect(told).toEqual([`raised at ${2 ** 33}, depth 1, since ${2 ** 33}`]);
  });
});
