import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../lib/boundary/matchesPattern.ts';
import { runs } from '../support/seed.ts';

/** As one would define it, in any time it takes. */
function reference([wanted, ...pattern]: readonly string[], words: readonly string[]): boolean {
  if (wanted === undefined) return words.length === 0;
  if (wanted === '#')
    return reference(pattern, words) || (words.length > 0 && reference(['#', ...pattern], words.slice(1)));
  return words.length > 0 && (wanted === '*' || wanted === words[0]) && reference(pattern, words.slice(1));
}

describe('matchesPattern', () => {
  it.each([
    ['orders.created', 'orders.created', true],
    ['orders.created', 'orders.deleted', false],
    ['orders.*', 'orders.created', true],
    ['orders.*', 'orders', false],
    ['orders.*', 'orders.created.v2', false],
    ['*.created', 'orders.created', true],
    ['*', 'orders', true],
    ['*', 'orders.created', false],
    ['#', 'orders', true],
    ['#', 'orders.created.v2', true],
    ['orders.#', 'orders', true],
    ['orders.#', 'orders.created.v2', true],
    ['#.v2', 'v2', true],
    ['#.v2', 'orders.created.v2', true],
    ['a.#.z', 'a.z', true],
    ['a.#.z', 'a.b.c.z', true],
    ['a.#.z', 'a.b.c', false],
    ['#.#', 'a', true],
    ['*.#', 'a', true],
    ['#.*', 'a.b', true],
    ['*.*', 'a', false],
    ['a*', 'ab', false],
    ['', 'a', false],
    ['__proto__', 'constructor', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected);
  });

  it('is what its definition says', () => {
    const words = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 7 });
    const pattern = fc.array(fc.constantFrom('a', 'b', '*', '#', '#'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(pattern, words, (pattern, words) => {
        expect(matchesPattern(pattern.join('.'), words.join('.'))).toBe(reference(pattern, words));
      }),
      runs(10_000),
    );
  });

  it('does not take forever over a pattern that nearly matches in many ways', () => {
    // Tried in every way, these would take longer than there is time.
    const pattern = Array.from({ length: 60 }, () => '#.a').join('.') + '.b';
    const name = Array.from({ length: 120 }, () => 'a').join('.');

    expect(matchesPattern(pattern, name)).toBe(false);
    expect(matchesPattern(`#.${pattern.replaceAll('a', '*')}`, name)).toBe(false);
  });
});
