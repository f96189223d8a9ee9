import { sha256 } from '@noble/hashes/sha2.js';
import { asyncScheduler } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import {
  InvalidPageTokenError,
  PageTokenExpiredError,
  PageTokenTooLargeError,
} from '../../contracts/pageTokenFailure.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';

/** How much {@link storedTokens} keeps, and for how long. */
export interface StoredTokensOptions {
  /** Most positions to keep; the one used longest ago goes first. Default: 10 000. */
  readonly maxTokens?: number | undefined;
  /** Most bytes to keep in all; likewise. Default: 64 MiB. */
  readonly maxBytes?: number | undefined;
  /** How long a position is kept, in ms from when its token was given out. Default: 24 hours. */
  readonly maxAgeMs?: number | undefined;
}

interface Entry {
  readonly payload: Uint8Array;
  readonly storedAt: number;
}

const HANDLE_BYTES = 16;

/**
 * Keeps positions in this process and gives out handles of 128 random bits for them: for positions of any size, while
 * the process lives. A handle may be used many times.
 *
 * @example
 * const tokens = pageTokens(withStoredFallback(aesGcmSealer({ keys }), storedTokens()));
 */
export function storedTokens(options: StoredTokensOptions = {}): TokenSealer {
  const { maxTokens = 10_000, maxBytes = 64 * 1024 ** 2, maxAgeMs = 24 * 3_600_000 } = options;
  if (!(maxTokens >= 1)) throw new OptionError('maxTokens', 'at least 1', maxTokens);
  if (!(maxBytes >= 1)) throw new OptionError('maxBytes', 'at least 1', maxBytes);
  if (!(maxAgeMs > 0)) throw new OptionError('maxAgeMs', 'more than 0', maxAgeMs);
  const entries = new Map<string, Entry>(); // the one used last stands last
  let bytes = 0;

  const forget = (handle: string, { payload }: Entry) => {
    entries.delete(handle);
    bytes -= payload.length;
  };

  return {
    seal: (payload) => {
      if (payload.length > maxBytes) throw new PageTokenTooLargeError(payload.length, maxBytes);
      const handle = base64url(globalThis.crypto.getRandomValues(new Uint8Array(HANDLE_BYTES)));
      entries.set(handle, { payload: payload.slice(), storedAt: asyncScheduler.now() });
      bytes += payload.length;
      for (const [oldest, entry] of entries) {
        if (entries.size <= maxTokens && bytes <= maxBytes) break;
        forget(oldest, entry);
      }
      return handle;
    },

    open: (token) => {
      const entry = entries.get(token);
      if (!entry) throw new InvalidPageTokenError();
      // It stays until its turn comes, so that its token is known to be expired.
      if (asyncScheduler.now() - entry.storedAt > maxAgeMs) throw new PageTokenExpiredError();
      entries.delete(token);
      entries.set(token, entry);
      return entry.payload.slice();
    },

    // JSON escapes what UTF-8 cannot carry, so that different texts stay different.
    digest: (text) => base64url(sha256(new TextEncoder().encode(JSON.stringify(text))).subarray(0, HANDLE_BYTES)),
  };
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
