import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointerOf, valueAt } from '../../lib/boundary/valueAt.ts';
import { runs } from '../support/seed.ts';

describe('valueAt', () => {
  const data = { a: { 'b/c': [{ '~': 1 }] }, '': 2, 'x.y': 3, none: null };

  it.each([
    ['', data],
    ['a.b/c.0.~', 1],
    ['/a/b~1c/0/~0', 1],
    ['/', 2],
    ['/x.y', 3],
    ['none', null],
    ['none.deeper', undefined],
    ['/a/b~1c/length/x', undefined],
    ['__proto__.constructor', undefined],
    ['/a/constructor', undefined],
  ])('%j leads to %j', (path, value) => {
    expect(valueAt(path, data)).toEqual(value);
  });

  it('and pointerOf agree on every path', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (steps) => {
        const pointer = pointerOf(steps.map((step) => '/' + step.replaceAll('~', '~0').replaceAll('/', '~1')).join(''));
        const nested = steps.reduceRight<unknown>((inner, step) => Object.fromEntries([[step, inner]]), 'found');
        expect(valueAt(pointer, nested)).toBe('found');
      }),
      runs(),
    );
  });
});
