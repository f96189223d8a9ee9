import fc from 'fast-check';
import { timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { aimd } from '../../../lib/core/topics/aimd.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { OptionError } from '../../../operators/errors.ts';
import { marbles } from '../../support/marbles.ts';
import { runs } from '../../support/seed.ts';
import { useVirtualTime } from './support/virtualTime.ts';

const WINDOW = 100;

/**
 * A busy subscriber whose latency is `baseMs` up to a number of handlers at a time, and grows with them beyond it: the caps,
 * one per window.
 */
function capsOf(
  control: ReturnType<ReturnType<typeof aimd>['begin']>,
  windows: number,
  capacityAt: (window: number) => number,
) {
  const baseMs = 10;
  const caps: number[] = [];
  let cap = control.initial;
  let now = 0;
  for (let window = 0; window < windows; window++) {
    const end = now + WINDOW;
    while (now < end) {
      const tookMs = baseMs * Math.max(1, cap / capacityAt(window));
      now += tookMs;
      const running = cap;
      for (let i = 0; i < running; i++) cap = control.observe({ tookMs, failed: false, now });
    }
    caps.push(cap);
  }
  return caps;
}

describe('aimd', () => {
  useVirtualTime();

  it('finds what can be taken, and again after it has changed, within the number of windows it promises', () => {
    const capacity = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(capacity, capacity, (before, after) => {
        const max = 64;
        const control = aimd({ max, targetMs: 10.5, windowMs: WINDOW }).begin();
        const change = max + 10;
        const caps = capsOf(control, 2 * change, (window) => (window < change ? before : after));
        const isNear = (cap: number, capacity: number) =>
          cap >= Math.floor(capacity * 0.75) && cap <= capacity * 1.05 + 2;

        // Up by one per window; down by a quarter.
        const windowsTo = (from: number, to: number) =>
          2 + (from > to ? Math.ceil(Math.log(from / to) / Math.log(4 / 3)) : to - from);
        for (const cap of caps.slice(windowsTo(1, before), change)) expect(isNear(cap, before)).toBe(true);
        for (const cap of caps.slice(change + 1 + windowsTo(before + 1, after))) expect(isNear(cap, after)).toBe(true);
      }),
      runs(),
    );
  });

  it('never leaves its bounds, and takes one step per window at most, whatever it is told', () => {
    const handled = fc.record({
      tookMs: fc.oneof(fc.nat({ max: 500 }), fc.constantFrom(0, 1e9)),
      failed: fc.boolean(),
      afterMs: fc.nat({ max: 150 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.nat({ max: 9 }),
        fc.array(handled, { maxLength: 200 }),
        (min, more, all) => {
          const control = aimd({ min, max: min + more, targetMs: 100, windowMs: WINDOW }).begin();
          let now = 1_000_000;
          let cap = control.initial;
          let changedAt = -Infinity;
          expect(cap).toBe(min);
          for (const { afterMs, ...one } of all) {
            now += afterMs;
            const next = control.observe({ ...one, now });
            expect(next).toBeGreaterThanOrEqual(min);
            expect(next).toBeLessThanOrEqual(min + more);
            expect(Number.isInteger(next)).toBe(true);
            if (next !== cap) {
              expect(now - changedAt).toBeGreaterThanOrEqual(WINDOW);
              changedAt = now;
            }
            cap = next;
          }
        },
      ),
      runs(),
    );
  });

  it('goes down when more than a tenth fails', () => {
    const control = aimd({ max: 64, targetMs: 100, windowMs: WINDOW }).begin();
    capsOf(control, 20, () => 1_000);
    const cap = control.observe({ tookMs: 10, failed: false, now: 1e6 });
    control.observe({ tookMs: 10, failed: true, now: 1e6 + 20 });

    expect(control.observe({ tookMs: 10, failed: false, now: 1e6 + WINDOW })).toBe(Math.floor(cap * 0.75));
  });

  it('does not grow while it is not used', () => {
    const control = aimd({ max: 64, targetMs: 100, windowMs: WINDOW }).begin();
    const caps = Array.from({ length: 50 }, (_, i) => control.observe({ tookMs: 1, failed: false, now: i * WINDOW }));

    expect(Math.max(...caps)).toBe(1);
  });

  it('begins anew for every subscriber', () => {
    const adaptive = aimd({ max: 8, targetMs: 100, windowMs: WINDOW });
    capsOf(adaptive.begin(), 20, () => 100);

    expect(adaptive.begin().initial).toBe(1);
  });

  it(
    'raises and lowers the concurrency of a subscriber, by the clock of its topic',
    marbles(({ cold, expectObservable, flush }) => {
      const topic = new Topic<number>();
      const delivery = topic.deliver({
        id: 's',
        concurrency: aimd({ max: 16, targetMs: 50, windowMs: WINDOW }),
        bufferSize: 100_000,
        handle: () => timer(delivery.stats().running > 4 ? 200 : 20),
      });
      for (let n = 0; n < 10_000; n++) topic.next(n);
      const seen: number[] = [];
      cold('9s (a|)').subscribe(() => delivery.close());
      delivery.stats$.subscribe(({ concurrency, running }) => {
        seen.push(concurrency);
        // A cap that was lowered is kept to as soon as enough have ended.
        if (running > concurrency) expect(seen).toContain(running);
      });
      expectObservable(delivery.ended$).toBe('9s |');
      flush();

      expect(Math.max(...seen)).toBeGreaterThanOrEqual(5);
      expect(Math.max(...seen)).toBeLessThanOrEqual(9);
      expect(seen.slice(Math.floor(seen.length / 2)).every((cap) => cap >= 3)).toBe(true);
    }),
  );

  it('refuses bounds that make no sense', () => {
    for (const wrong of [
      { min: 0 },
      { min: 1.5 },
      { max: 0 },
      { min: 9 },
      { targetMs: 0 },
      { targetMs: NaN },
      { windowMs: 0 },
    ])
      expect(() => aimd({ max: 8, targetMs: 10, ...wrong }), JSON.stringify(wrong)).toThrow(OptionError);
  });
});
