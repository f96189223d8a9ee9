import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../lib/boundary/fingerprint.ts';
import { runs } from '../support/seed.ts';

describe('fingerprint', () => {
  it('is 16 hex digits, the same for the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(fingerprint(text)).toMatch(/^[0-9a-f]{16}$/);
        expect(fingerprint(text)).toBe(fingerprint(text));
      }),
      runs(),
    );
  });

  it('stays the same over releases, for it stands in tokens', () => {
    expect(fingerprint('')).toMatchInlineSnapshot(`"1aee976dc14d573c"`);
    expect(fingerprint('{"name":"apple"}')).toMatchInlineSnapshot(`"abc6b8016df1ebd9"`);
  });

  it('tells 200,000 texts apart that differ little', () => {
    const prints = new Set(
      Array.from({ length: 200_000 }, (_, i) => fingerprint(`{"id":${i},"name":"item-${i % 7}"}`)),
    );
    expect(prints.size).toBe(200_000);
  });

  it('changes about half of its bits when one bit of the text changes', () => {
    let changed = 0;
    for (let i = 0; i < 1_000; i++) {
      const difference = BigInt(`0x${fingerprint(`a${i}`)}`) ^ BigInt(`0x${fingerprint(`b${i}`)}`);
      changed += difference.toString(2).replaceAll('0', '').length;
    }
    expect(changed / 1_000).toBeGreaterThan(28);
    expect(changed / 1_000).toBeLessThan(36);
  });
});
