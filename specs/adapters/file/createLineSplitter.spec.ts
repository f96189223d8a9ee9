import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter } from '../../../lib/adapters/file/createLineSplitter.ts';
import { runs } from '../../support/seed.ts';

function split(chunks: readonly (string | Buffer)[], maxLineBytes = 1_000, before: 'skip' | 'all' = 'all') {
  const lines: (string | null)[] = [];
  const splitter = createLineSplitter({
    maxLineBytes,
    onLine: (line) => lines.push(line),
    onTooLong: () => lines.push(null),
  });
  if (before === 'skip') splitter.skip();
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  const ended = lines.length;
  splitter.flush();
  return { lines, unended: lines.length - ended };
}

describe('createLineSplitter', () => {
  it.each([
    [[''], []],
    [['a\nb\n'], ['a', 'b']],
    [
      ['a\r\n', '\r\n', '\n'],
      ['a', '', ''],
    ],
    [
      ['a', 'b', '\n', 'c'],
      ['ab', 'c'],
    ],
    [
      ['a\r', '\nb\r'],
      ['a', 'b'],
    ],
    [['a\rb\r\r\n'], ['a\rb\r']],
    [[Buffer.from('😀').subarray(0, 2), Buffer.from('😀\n').subarray(2)], ['😀']],
    [[Buffer.from([0x61, 0xff, 0x0a])], ['a\ufffd']],
  ])('makes lines of %j', (chunks, expected) => {
    expect(split(chunks).lines).toEqual(expected);
  });

  it('leaves out a line that is too long, says so once, and goes on with the next', () => {
    expect(split(['12345\r\n123456\n123456\r\n', '1234', '56789', '0'.repeat(10_000), '\nlast'], 5).lines).toEqual([
      '12345',
      null,
      null,
      null,
      'last',
    ]);
    expect(split(['1234567'], 5)).toEqual({ lines: [null], unended: 0 });
    expect(split(['123456'], 5)).toEqual({ lines: [null], unended: 1 });
  });

  it('counts bytes, not characters', () => {
    expect(split(['éé\n', 'ééé\n'], 5).lines).toEqual(['éé', null]);
  });

  it('can begin in the middle of a line', () => {
    expect(split(['rest of it', '\nfirst\n'], 5, 'skip').lines).toEqual(['first']);
    expect(split(['no end'], 5, 'skip').lines).toEqual([]);
  });

  it('makes the same lines wherever the pieces are cut, as a simple split does', () => {
    const part = fc.oneof(fc.constantFrom('\n', '\r\n', '\r', '😀', 'é', '\u2028'), fc.string({ maxLength: 12 }));
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        fc.integer({ min: 1, max: 12 }),
        (parts, cuts, max) => {
          const bytes = Buffer.from(parts.join(''));
          const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort(
            (a, b) => a - b,
          );
          const chunks = ends.map((end, i) => bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end));
          const whole = bytes.toString().split('\n');
          const expected = (whole.at(-1) === '' ? whole.slice(0, -1) : whole)
            .map((line) => line.replace(/\r$/, ''))
            .map((line) => (Buffer.byteLength(line) > max ? null : line));
          expect(split(chunks, max).lines).toEqual(expected);
        },
      ),
      runs(),
    );
  });
});
