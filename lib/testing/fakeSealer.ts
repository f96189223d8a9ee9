import { InvalidPageTokenError, PageTokenTooLargeError } from '../contracts/pageTokenFailure.ts';
import type { TokenSealer } from '../contracts/tokenSealer.ts';

const MAX_BYTES = 8_192;
const CHECKSUM_BYTES = 8;

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

/** FNV-1a, forwards and backwards: quick, short, and no secret. */
function checksum(bytes: Uint8Array): Uint8Array {
  const sums = new DataView(new ArrayBuffer(CHECKSUM_BYTES));
  sums.setUint32(0, bytes.reduce(fnv1a, 0x811c9dc5));
  sums.setUint32(4, bytes.reduceRight(fnv1a, 0x811c9dc5));
  return new Uint8Array(sums.buffer);
}

function fnv1a(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193) >>> 0;
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
