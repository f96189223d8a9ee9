import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryAfterMs } from '../../lib/boundary/retryAfter.ts';
import { runs } from '../support/seed.ts';

const now = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;

describe('retryAfterMs', () => {
  it.each([
    [null, undefined],
    ['', undefined],
    ['0', 0],
    ['3', 3_000],
    [' 120 ', 120_000],
    ['1.5', 1_500],
    ['-1', 0],
    ['1e99', DAY],
    ['9999999999', DAY],
    ['86401', DAY],
    ['NaN', undefined],
    ['soon', undefined],
    ['12 parsecs', undefined],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7_000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['Fri, 31 Dec 9999 23:59:59 GMT', DAY],
    ['9'.repeat(100_000), undefined],
  ])('E6 N11 reads %.40j as %s ms', (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms);
  });

  it('E6 gives nothing but a time from 0 to 24 hours, or nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.double().map(String),
          fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
        ),
        (header) => {
          const ms = retryAfterMs(header, now) ?? 0;
          expect(ms).toBeGreaterThanOrEqual(0);
          expect(ms).toBeLessThanOrEqual(DAY);
        },
      ),
      runs(),
    );
  });
});
