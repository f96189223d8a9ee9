import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedTokens, withStoredFallback } from '../../../lib/adapters/memory/index.ts';
import { aesGcmSealer } from '../../../lib/adapters/node/index.ts';
import { InvalidPageTokenError, PageTokenExpiredError } from '../../../lib/contracts/pageTokenFailure.ts';
import { runs } from '../../support/seed.ts';

const keys = [{ id: 'k2', secret: 'correct horse battery' }];
const sealed = aesGcmSealer({ keys, retiredKeyIds: ['k1'] });

describe('withStoredFallback', () => {
  it('K9 seals what fits into 8 KiB and gives a handle for what does not', () => {
    const { seal, open } = withStoredFallback(sealed, storedTokens());
    fc.assert(
      fc.property(fc.integer({ min: 6_000, max: 6_300 }), (size) => {
        const payload = new Uint8Array(size).fill(7);
        const token = seal(payload);
        expect(token.length === 22).toBe(size > 6_112);
        expect(token.length).toBeLessThanOrEqual(8_192);
        expect(Buffer.compare(open(token), payload)).toBe(0);
      }),
      runs(),
    );
  });

  it('refuses what is neither', () => {
    const { open } = withStoredFallback(sealed, storedTokens());
    for (const token of ['', 'x', 'A'.repeat(22), 'A'.repeat(10_000)])
      expect(() => open(token)).toThrow(InvalidPageTokenError);
  });

  it('says that a sealed token has expired', () => {
    const old = aesGcmSealer({ keys: [{ id: 'k1', secret: 'staple correct horse' }] }).seal(new Uint8Array(3));
    expect(() => withStoredFallback(sealed, storedTokens()).open(old)).toThrow(PageTokenExpiredError);
  });

  it('lets other failures of the sealer through', () => {
    const broken = () => {
      throw new Error('no random bytes');
    };
    const { seal, open } = withStoredFallback({ seal: broken, open: broken, digest: broken }, storedTokens());
    expect(() => seal(new Uint8Array(1))).toThrow('no random bytes');
    expect(() => open('x')).toThrow('no random bytes');
  });

  it('digests as the sealer does', () => {
    expect(withStoredFallback(sealed, storedTokens()).digest('x')).toBe(sealed.digest('x'));
  });
});
