import { createCipheriv, createDecipheriv, createHash, randomBytes, type KeyObject } from 'node:crypto';
import { asyncScheduler } from 'rxjs';
import {
  InvalidPageTokenError,
  PageTokenExpiredError,
  PageTokenTooLargeError,
} from '../../contracts/pageTokenFailure.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import { createKeyRing, type SealingKey } from './sealingKeys.ts';

/** The keys of {@link aesGcmSealer}. */
export interface AesGcmSealerOptions {
  /** The first one seals, all of them open. */
  readonly keys: readonly SealingKey[];
  /** Ids of keys that are gone: their tokens are expired, and not merely unknown. Default: none. */
  readonly retiredKeyIds?: readonly string[] | undefined;
}

/** The layout of a token: version, length of the key id, key id, nonce, ciphertext, tag. */
const VERSION = 1;
const READABLE_VERSIONS = new Set([VERSION]);
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MAX_CHARS = 8_192;

/**
 * Seals page tokens with AES-256-GCM: nobody without a key can read one, make one, or change one.
 *
 * To change keys, put the new one first and keep the old one with `acceptUntil` for as long as tokens live; then leave it
 * out and name its id in `retiredKeyIds`. Every instance must know the new key before the first one seals with it.
 *
 * @example
 * const tokens = pageTokens(aesGcmSealer({ keys: [{ id: '2026-11', secret: 'correct horse battery' }] }));
 */
export function aesGcmSealer(options: AesGcmSealerOptions): TokenSealer {
  const ring = createKeyRing(options.keys, options.retiredKeyIds ?? []);

  return {
    seal: (payload) => {
      const { id, key } = ring.sealing;
      const header = Buffer.concat([Buffer.of(VERSION, id.length), Buffer.from(id, 'latin1')]);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(header);
      const sealed = [header, nonce, cipher.update(payload), cipher.final(), cipher.getAuthTag()];
      const token = Buffer.concat(sealed).toString('base64url');
      if (token.length > MAX_CHARS) throw new PageTokenTooLargeError(token.length, MAX_CHARS);
      return token;
    },

    open: (token) => {
      const bytes = decoded(token);
      const nonceAt = 2 + (bytes[1] ?? 0);
      const sealedAt = nonceAt + NONCE_BYTES;
      const tagAt = bytes.length - TAG_BYTES;
      if (!READABLE_VERSIONS.has(bytes[0] ?? 0) || tagAt < sealedAt) throw new InvalidPageTokenError();

      const id = bytes.toString('latin1', 2, nonceAt);
      if (ring.retired.has(id)) throw new PageTokenExpiredError();
      const found = ring.known.get(id);
      if (!found) throw new InvalidPageTokenError();

      const payload = opened(found.key, bytes, { nonceAt, sealedAt, tagAt });
      if (asyncScheduler.now() > found.acceptUntil) throw new PageTokenExpiredError();
      return payload;
    },

    digest: (text) => createHash('sha256').update(text, 'utf16le').digest().toString('base64url', 0, 16),
  };
}

/** Exactly one spelling: Buffer would pass over padding, blanks, and bits that no byte needs. */
function decoded(token: string): Buffer {
  if (token.length > MAX_CHARS) throw new InvalidPageTokenError();
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.toString('base64url') !== token) throw new InvalidPageTokenError();
  return bytes;
}

interface Layout {
  readonly nonceAt: number;
  readonly sealedAt: number;
  readonly tagAt: number;
}

function opened(key: KeyObject, bytes: Buffer, { nonceAt, sealedAt, tagAt }: Layout): Uint8Array {
  const nonce = bytes.subarray(nonceAt, sealedAt);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(bytes.subarray(0, nonceAt))
    .setAuthTag(bytes.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(sealedAt, tagAt)), decipher.final()]);
  } catch (cause) {
    throw new InvalidPageTokenError({ cause });
  }
}
