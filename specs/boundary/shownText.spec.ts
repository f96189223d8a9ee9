import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shownText } from '../../lib/boundary/shownText.ts';
import { runs } from '../support/seed.ts';

it('H8 keeps a plain text as it is', () => {
  expect(shownText('ECONNREFUSED grün 😀')).toBe('ECONNREFUSED grün 😀');
});

it('H8 shows what would split a line, steer a terminal or turn the direction of writing around', () => {
  expect(shownText('a\nb\u001b[31m\u2028\u202e\u0000\ud800')).toBe('a\\u000ab\\u001b[31m\\u2028\\u202e\\u0000\\ud800');
});

it('E9 H8 cuts whatever is long, and is always on one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
      const shown = shownText(text);
      return shown.length <= 259 && /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u.test(shown);
    }),
    runs(),
  );
});
