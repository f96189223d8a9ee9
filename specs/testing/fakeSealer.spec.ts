import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidPageTokenError, PageTokenTooLargeError } from '../../lib/contracts/pageTokenFailure.ts';
import { fakeSealer } from '../../lib/testing/fakeSealer.ts';
import { runs } from '../support/seed.ts';

const { seal, open, digest } = fakeSealer();

describe('fakeSealer', () => {
  it('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (payload) => {
        expect(seal(payload)).toMatch(/^[\w-]*$/);
        expect(open(seal(payload))).toEqual(payload);
      }),
      runs(),
    );
  });

  it('refuses every altered, cut or respelt token', () => {
    const token = seal(Uint8Array.of(1, 2, 3));
    const altered = Array.from(token).map(
      (char, i) => token.slice(0, i) + (char === 'A' ? 'B' : 'A') + token.slice(i + 1),
    );
    const cut = Array.from(token).map((_, i) => token.slice(0, i));

    for (const bad of [...altered, ...cut, `${token}=`, `${token}A`, ` ${token}`, '!!!']) {
      expect(() => open(bad), bad).toThrow(InvalidPageTokenError);
    }
  });

  it('refuses to seal more than 8 KiB', () => {
    expect(seal(new Uint8Array(6_140)).length).toBe(8_192);
    expect(() => seal(new Uint8Array(6_141))).toThrow(PageTokenTooLargeError);
  });

  it('digests equal texts alike, and others apart', () => {
    const texts = ['', 'a', 'b', 'ab', 'ba', '\ud800', '\udc00', '\ufffd'];
    expect(texts.map((text) => digest(text))).toEqual(texts.map((text) => digest(text)));
    expect(new Set(texts.map((text) => digest(text))).size).toBe(texts.length);
  });
});
