import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparePageKeys, sortKey, type PageKey } from '../../lib/contracts/pageKey.ts';
import { runs } from '../support/seed.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.constantFrom('a', '\u0000', '\u0001', '\u0002', '\ud800', '\udfff', '\ue000', '\uffff', '😀', 'ｚ'))
    .map((units) => units.join('')),
);
const number = fc.double({ noNaN: true });

describe('the default order of pages', () => {
  it('M18 puts texts in the order of their code points, lone surrogates included', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(comparePageKeys(a, b)).toBe(Math.sign(byCodePoints(a, b)));
      }),
      runs(10_000),
    );
  });

  it('M18 puts numbers in the order of their values, 0 and -0 in one place', () => {
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(comparePageKeys(a, b)).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
      runs(),
    );
  });

  it('M18 compares lists entry by entry, a shorter one first', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), fc.array(text, { maxLength: 4 }), (a, b) => {
        const differ = a.findIndex((part, i) => i < b.length && part !== b[i]);
        const expected = differ === -1 ? a.length - b.length : byCodePoints(a[differ]!, b[differ]!);
        expect(comparePageKeys(a, b)).toBe(Math.sign(expected));
      }),
      runs(),
    );
  });

  it('M18 is total: keys of any kind have one order', () => {
    const key: fc.Arbitrary<PageKey> = fc.oneof(text, number, fc.array(fc.oneof(text, number), { maxLength: 3 }));
    fc.assert(
      fc.property(key, key, key, (a, b, c) => {
        expect(comparePageKeys(a, b) + comparePageKeys(b, a)).toBe(0);
        expect(comparePageKeys(a, a)).toBe(0);
        if (comparePageKeys(a, b) <= 0 && comparePageKeys(b, c) <= 0) expect(comparePageKeys(a, c)).not.toBe(1);
      }),
      runs(),
    );
  });

  it('leaves a text without high code points as it is', () => {
    expect(sortKey('react-dom')).toBe('react-dom');
  });
});

function byCodePoints(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => Array.from(text, (point) => point.codePointAt(0)!));
  const differ = left!.findIndex((point, i) => point !== right![i]);
  if (differ === -1) return left!.length - right!.length;
  return right![differ] === undefined ? 1 : left![differ]! - right![differ];
}
