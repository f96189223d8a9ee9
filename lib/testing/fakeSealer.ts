import { InvalidPageTokenError, PageTokenTooLargeError } from '../contracts/pageTokenFailure.ts';
import type { TokenSealer } from '../contracts/tokenSealer.ts';

const MAX_BYTES = 8_192;
const CHECKSUM_BYTES = 4;

/**
 * Seals page tokens for tests: synchronous, the same every time, and readable (the payload in base64url, then a
 * checksum). Whatever was altered by accident is refused; whoever wants to, can forge one.
 */
export function fakeSealer(): TokenSealer {
  return {
    seal: (payload) => {
      const token = encode(sealed(payload));
      if (token.length > MAX_BYTES) throw new PageTokenTooLargeError(token.length, MAX_BYTES);
      return token;
    },
    open: (token) => {
      const bytes = decode(token);
      const payload = bytes.slice(0, -CHECKSUM_BYTES);
      if (bytes.length < CHECKSUM_BYTES || encode(sealed(payload)) !== token) throw new InvalidPageTokenError();
      return payload;
    },
    digest: (text) => encode(checksum(new TextEncoder().encode(JSON.stringify(text)))),
  };
}

function sealed(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(payload.length + CHECKSUM_BYTES);
  bytes.set(payload);
  bytes.set(checksum(payload), payload.length);
  return bytes;
}

/** FNV-1a: quick, short, and no secret. */
function checksum(bytes: Uint8Array): Uint8Array {
  const hash = bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5);
  return Uint8Array.of(hash >>> 24, hash >>> 16, hash >>> 8, hash);
}

function encode(bytes: Uint8Array): string {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function decode(token: string): Uint8Array {
  try {
    return Uint8Array.from(atob(token.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
  } catch (cause) {
    throw new InvalidPageTokenError({ cause });
  }
}
