import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefetchDepth, type PrefetchDepth } from '../../../lib/core/paging/prefetchDepth.ts';
import { runs } from '../../support/seed.ts';

const PAGE = 20;

/** Most items a source may still hold when its next page is asked for. */
function threshold(depth: PrefetchDepth): number {
  for (let items = 10 * PAGE; items >= 0; items--) if (depth.wants(0, items, PAGE)) return items;
  return -1;
}

function after(max: number, ...steps: ('waited' | 'usedUp')[]): PrefetchDepth {
  const depth = prefetchDepth(max);
  for (const step of steps) depth[step]();
  return depth;
}

const usedUp = (count: number) => Array.from({ length: count }, () => 'usedUp' as const);

describe('prefetchDepth', () => {
  it('starts two pages deep', () => {
    expect(threshold(prefetchDepth(2))).toBe(2 * PAGE);
  });

  it('never wants a page at a bound of 0', () => {
    const depth = prefetchDepth(0);

    expect(depth.wants(0, 0, PAGE)).toBe(false);
    expect(depth.wants(0, 0, PAGE, () => true)).toBe(false);
  });

  it('fetches one page ahead at a bound of 1, when the one in hand is all there is', () => {
    const depth = prefetchDepth(1);

    expect(depth.wants(0, PAGE, PAGE)).toBe(true);
    expect(depth.wants(1, PAGE, PAGE)).toBe(false);
  });

  it('relaxes by a quarter page with every page used up, down to one page and a bit', () => {
    expect(threshold(after(2, ...usedUp(1)))).toBe(35);
    expect(threshold(after(2, ...usedUp(2)))).toBe(30);
    expect(threshold(after(2, ...usedUp(3)))).toBe(25);
    expect(threshold(after(2, ...usedUp(8)))).toBe(25);
  });

  it('is two pages deep again once the walk had to wait', () => {
    expect(threshold(after(2, ...usedUp(8), 'waited'))).toBe(2 * PAGE);
  });

  it('does not go deeper for having waited many times', () => {
    expect(threshold(after(8, 'waited', 'waited', 'waited'))).toBe(2 * PAGE);
  });

  it('goes one page deeper for every 32 used up, as far as the bound', () => {
    expect(threshold(after(4, ...usedUp(32)))).toBe(2 * PAGE);
    expect(threshold(after(4, ...usedUp(64)))).toBe(3 * PAGE);
    expect(threshold(after(4, ...usedUp(640)))).toBe(4 * PAGE);
  });

  it('lets a source that leads go on to the bound', () => {
    const depth = prefetchDepth(8);

    expect(depth.wants(7, 8 * PAGE, PAGE, () => true)).toBe(true);
    expect(depth.wants(7, 8 * PAGE, PAGE, () => false)).toBe(false);
    expect(depth.wants(8, 8 * PAGE, PAGE, () => true)).toBe(false);
  });

  it('asks who leads only if the answer depends on it', () => {
    const depth = prefetchDepth(8);
    let asked = 0;
    const leads = () => ++asked > 0;

    depth.wants(0, PAGE, PAGE, leads);
    depth.wants(8, 9 * PAGE, PAGE, leads);

    expect(asked).toBe(0);
  });

  it('wants a page of a source that holds nothing, whatever the length of its pages', () => {
    expect(prefetchDepth(2).wants(0, 0, 0)).toBe(true);
  });

  it('stays between one and two pages deep, or 1/32 of what was used, within the bound, whatever happens', () => {
    const step = fc.constantFrom('waited' as const, 'usedUp' as const);

    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 200 }), (max, steps) => {
        const used = steps.filter((name) => name === 'usedUp').length;
        const deepest = threshold(after(max, ...steps)) / PAGE;

        expect(deepest).toBeGreaterThanOrEqual(1);
        expect(deepest).toBeLessThanOrEqual(Math.min(max, Math.max(2, 1 + used / 32)));
      }),
      runs(),
    );
  });
});
