import { expect, it } from 'vitest';
import { showValue } from '../../lib/testing/showValue.ts';

class Point {
  readonly x = 1;
}

const circular: { self?: unknown } = {};
circular.self = circular;

it.each([
  ['a', '"a"'],
  [1, '1'],
  [-0, '-0'],
  [10n, '10n'],
  [undefined, 'undefined'],
  [null, 'null'],
  [Symbol('s'), 'Symbol(s)'],
  [showValue, 'function showValue'],
  [new TypeError('no'), 'TypeError: no'],
  [new Date(0), 'Date 1970-01-01T00:00:00.000Z'],
  [[1, ['b']], '[1, ["b"]]'],
  [{ a: 1, b: { c: 'd' } }, '{ a: 1, b: { c: "d" } }'],
  [{}, '{}'],
  [Object.create(null), '{}'],
  [new Point(), 'Point { x: 1 }'],
  [new Map([['k', [1]]]), 'Map { k: [1] }'],
  [new Set([1, 2]), 'Set [1, 2]'],
  [circular, '{ self: { self: { self: { self: ... } } } }'],
  [
    Array.from({ length: 25 }, (_, i) => i),
    '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 5 more]',
  ],
  ['x'.repeat(200), `"${'x'.repeat(96)}...`],
])('shows %o on one line', (value, line) => {
  expect(showValue(value)).toBe(line);
});
