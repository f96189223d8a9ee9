/**
 * A short digest of a text, 16 hex digits: FNV-1a, 64 bits, over UTF-16 units (Fowler, Noll, Vo; prime 2^40 + 0x1b3).
 * Tells changed data from unchanged; it is no defence against somebody who looks for two texts with the same digest.
 */
export function fingerprint(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (let i = 0; i < text.length; i++) {
    const mixed = (low ^ text.charCodeAt(i)) >>> 0;
    const product = mixed * 0x1b3;
    low = product >>> 0;
    high = (high * 0x1b3 + Math.floor(product / 2 ** 32) + ((mixed << 8) >>> 0)) >>> 0;
  }
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}
