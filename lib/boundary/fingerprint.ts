/**
 * A short digest of a text, to notice that something changed. 64 bits, quick, and no protection against somebody who
 * wants two texts with the same one.
 */
export function fingerprint(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x9e3779b1);
    b = Math.imul(b ^ unit, 0x5f356495);
  }
  return hex(mixed(a, b)) + hex(mixed(b, a));
}

/** Lets every bit of both words reach every bit of the result. */
function mixed(word: number, other: number): number {
  const once = Math.imul(word ^ (word >>> 16), 0x85ebca6b) ^ Math.imul(other ^ (other >>> 13), 0xc2b2ae35);
  return once ^ (once >>> 16);
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
