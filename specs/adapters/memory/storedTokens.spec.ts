import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { storedTokens } from '../../../lib/adapters/memory/index.ts';
import {
  InvalidPageTokenError,
  PageTokenExpiredError,
  PageTokenTooLargeError,
} from '../../../lib/contracts/pageTokenFailure.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';

const payloadOf = (n: number, length = 1) => new Uint8Array(length).fill(n);

describe('storedTokens', () => {
  it('K1 opens what it sealed, however often', () => {
    const { seal, open } = storedTokens();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (payload) => {
        const token = seal(payload);
        expect(token).toMatch(/^[\w-]{22}$/);
        for (let i = 0; i < 3; i++) expect(open(token)).toEqual(payload);
      }),
      runs(),
    );
  });

  it('K2 K3 refuses every other text', () => {
    const { seal, open } = storedTokens();
    fc.assert(
      fc.property(fc.nat(21), fc.string({ maxLength: 30 }), (at, junk) => {
        const token = seal(payloadOf(1));
        const other = token[at] === 'A' ? 'B' : 'A';
        for (const bad of [
          token.slice(0, at) + other + token.slice(at + 1),
          token.slice(0, at),
          `${token}=`,
          `${token}A`,
          junk,
        ]) {
          expect(() => open(bad)).toThrow(InvalidPageTokenError);
        }
      }),
      runs(),
    );
  });

  it('K5 gives the same payload another handle each time', () => {
    const { seal } = storedTokens();
    expect(new Set(Array.from({ length: 10_000 }, () => seal(payloadOf(1)))).size).toBe(10_000);
  });

  it('K9 keeps so many positions, and forgets the one used longest ago', () => {
    const { seal, open } = storedTokens({ maxTokens: 2 });
    const [a, b] = [seal(payloadOf(1)), seal(payloadOf(2))];
    open(a);
    const c = seal(payloadOf(3));
    expect(() => open(b)).toThrow(InvalidPageTokenError);
    expect([...open(a), ...open(c)]).toEqual([1, 3]);
  });

  it('K9 keeps so many bytes, against an account of its own', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40), { maxLength: 30 }), (sizes) => {
        const { seal, open } = storedTokens({ maxBytes: 100 });
        const tokens = sizes.map((size) => seal(payloadOf(7, size)));
        let room = 100;
        const expected = sizes.map(() => false);
        for (let i = sizes.length - 1; i >= 0 && room >= sizes[i]!; i--) {
          room -= sizes[i]!;
          expected[i] = true;
        }
        const kept = tokens.map((token) => {
          try {
            return open(token).length >= 0;
          } catch {
            return false;
          }
        });
        expect(kept).toEqual(expected);
      }),
      runs(),
    );
  });

  it('refuses a position larger than all it may keep, and keeps the others', () => {
    const { seal, open } = storedTokens({ maxBytes: 10 });
    const token = seal(payloadOf(1, 10));
    expect(() => seal(payloadOf(1, 11))).toThrow(PageTokenTooLargeError);
    expect(open(token)).toHaveLength(10);
  });

  it('keeps its own copy of a position', () => {
    const { seal, open } = storedTokens();
    const payload = payloadOf(1);
    const token = seal(payload);
    payload[0] = 2;
    open(token)[0] = 3;
    expect(open(token)).toEqual(payloadOf(1));
  });

  it('digests equal texts alike, and others apart, in 22 characters', () => {
    const { digest } = storedTokens();
    const texts = ['', 'a', 'b', 'ab', 'ba', '\ud800', '\udc00', '\ufffd', 'x'.repeat(100_000)];
    for (const text of texts) expect(digest(text)).toMatch(/^[\w-]{22}$/);
    expect(texts.map(storedTokens().digest)).toEqual(texts.map(digest));
    expect(new Set(texts.map(digest)).size).toBe(texts.length);
  });

  it.each([{ maxTokens: 0 }, { maxTokens: NaN }, { maxBytes: 0 }, { maxAgeMs: 0 }, { maxAgeMs: -1 }])(
    'refuses to keep nothing: %j',
    (options) => {
      expect(() => storedTokens(options)).toThrow(OptionError);
    },
  );
});

describe('the age of storedTokens', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 0 }));
  afterEach(() => void vi.useRealTimers());

  it('K7 expires a position a day after it was given out, however often it is used', () => {
    const { seal, open } = storedTokens();
    const token = seal(payloadOf(1));
    vi.setSystemTime(24 * 3_600_000);
    expect(open(token)).toEqual(payloadOf(1));
    vi.setSystemTime(24 * 3_600_000 + 1);
    expect(() => open(token)).toThrow(PageTokenExpiredError);
    expect(() => open(token)).toThrow(PageTokenExpiredError); // and stays expired
  });
});
