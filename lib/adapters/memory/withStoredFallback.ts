import { InvalidPageTokenError, PageTokenTooLargeError } from '../../contracts/pageTokenFailure.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';

/**
 * Seals what fits into a token and stores what does not: `sealer` first, `stored` for what it calls too large.
 *
 * @example
 * const sealer = withStoredFallback(aesGcmSealer({ keys }), storedTokens());
 */
export function withStoredFallback(sealer: TokenSealer, stored: TokenSealer): TokenSealer {
  return {
    seal: (payload) => {
      try {
        return sealer.seal(payload);
      } catch (failure) {
        if (failure instanceof PageTokenTooLargeError) return stored.seal(payload);
        throw failure;
      }
    },
    open: (token) => {
      try {
        return sealer.open(token);
      } catch (failure) {
        if (failure instanceof InvalidPageTokenError) return stored.open(token);
        throw failure;
      }
    },
    digest: (text) => sealer.digest(text),
  };
}
