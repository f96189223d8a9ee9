import { describe, expect, it } from 'vitest';
import { toneOf } from '../../../lib/systems/page/graph/toneOf.ts';
import { ageText } from '../../../lib/systems/page/words/ageText.ts';
import { bytesText } from '../../../lib/systems/page/words/bytesText.ts';
import { dataText } from '../../../lib/systems/page/words/dataText.ts';
import { figureName } from '../../../lib/systems/page/words/figureName.ts';
import { oneLine } from '../../../lib/systems/page/words/oneLine.ts';

describe('words of the page', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_250, '1.3 s'],
    [59_999, '59 s'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h 0 min'],
    [93_600_000, '1 d 2 h'],
    [NaN, '–'],
  ])('tells %d ms as %s', (ms, text) => expect(ageText(ms)).toBe(text));

  it.each([
    [1_024, '1.0 KiB'],
    [48.1 * 1_024 ** 2, '48.1 MiB'],
    [1_024 ** 3, '1.0 GiB'],
  ])('tells %d bytes as %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

  it('has names of figures in words', () => {
    expect(['oldestAgeMs', 'heapUsedBytes', 'highWatermark'].map(figureName)).toEqual([
      'oldest age',
      'heap used',
      'high watermark',
    ]);
  });

  it('shows a name on one line, cut, without characters that turn the text around', () => {
    expect(oneLine('a\n\u202Eb\u2028c')).toBe('a b c');
    expect(oneLine('x'.repeat(100_000))).toHaveLength(201);
  });

  it('shows data in few words', () => {
    expect(dataText({ step: 1, of: 'three', list: [1] })).toBe('step: 1, of: three, list: [1]');
    expect(dataText('x'.repeat(1_000))).toHaveLength(161);
  });
});

describe('the tone of a thing', () => {
  it.each([
    ['calm', { waiting: 5, capacity: 10 }, {}],
    ['calm', {}, { succeeded: 5 }],
    ['amber', { waiting: 8, capacity: 10, highWatermark: 8 }, {}],
    ['amber', { waiting: 2, capacity: 10, alertSince: 5 }, {}],
    ['amber', { waiting: 10, capacity: 10 }, {}],
    ['red', { waiting: 10, capacity: 10, alertSince: 5 }, { dropped: 1 }],
    ['red', {}, { failed: 0.1 }],
  ])('is %s for %j at %j', (tone, figures, rates) => {
    expect(toneOf({ figures: figures, rates: rates })).toBe(tone);
  });
});
