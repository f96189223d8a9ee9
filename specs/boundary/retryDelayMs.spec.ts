import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelayMs } from '../../lib/boundary/retryDelayMs.ts';
import { runs } from '../support/seed.ts';

const policy = { delayMs: 100, maxDelayMs: 1_000 };

describe('retryDelayMs', () => {
  it('doubles, up to the longest', () => {
    expect([1, 2, 3, 4, 5, 6].map((attempt) => retryDelayMs(policy, attempt, 1))).toEqual([
      100, 200, 400, 800, 1_000, 1_000,
    ]);
  });

  it('is multiplied by the jitter, unless that makes no sense', () => {
    const withJitter = (factor: number) => retryDelayMs(policy, 2, factor);
    expect([0, 0.5, 1, 3].map(withJitter)).toEqual([0, 100, 200, 600]);
    expect([NaN, -1, Infinity].map(withJitter)).toEqual([200, 200, 200]);
  });

  it('is a time that can be waited for, whatever the policy and the attempt', () => {
    const ms = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e12, noNaN: true }));
    fc.assert(
      fc.property(ms, ms, fc.double(), fc.integer({ min: 1, max: 5_000 }), (delayMs, maxDelayMs, factor, attempt) => {
        const delay = retryDelayMs({ delayMs, maxDelayMs }, attempt, factor);
        expect(delay).toBeGreaterThanOrEqual(0);
        if (factor <= 1) expect(delay).toBeLessThanOrEqual(maxDelayMs);
      }),
      runs(),
    );
  });
});
