/** Where an item stands in the order: a text, a number, or several of them, the most significant first. */
export type PageKey = string | number | readonly (string | number)[];

const SURROGATES_AND_ABOVE = /[\ud800-\uffff]/;
const PAIRS_AND_LAST_UNIT = /[\ud800-\udbff][\udc00-\udfff]|\uffff/g;

/**
 * Turns a key into a text whose plain `<` order is that of {@link comparePageKeys}. It is total over all keys; keep to one kind
 * per place all the same, for the order between a text and a number means nothing.
 */
export function sortKey(key: PageKey): string {
  if (typeof key === 'string') return byCodePoint(key);
  if (typeof key === 'number') return ordered(key);
  return key.map((part) => sortKey(part).replaceAll('\u0000', '\u0000\u0002') + '\u0000\u0001').join('');
}

/**
 * Compares two keys in the default order of pages: texts by code point (as UTF-8 bytes and as `collate "C"`), numbers by value,
 * lists entry by entry, a shorter list first.
 */
export function comparePageKeys(a: PageKey, b: PageKey): number {
  return compareSortKeys(sortKey(a), sortKey(b));
}

/** Compares two results of {@link sortKey}. */
export function compareSortKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** UTF-16 puts pairs of surrogates below U+E000..U+FFFF, code points put them above: so U+FFFF leads them there. */
function byCodePoint(text: string): string {
  if (!SURROGATES_AND_ABOVE.test(text)) return text;
  return text.replace(PAIRS_AND_LAST_UNIT, (found) => (found.length === 2 ? `\uffff\u0001${found}` : '\uffff\u0000'));
}

const double = new DataView(new ArrayBuffer(8));

/** The bits of an IEEE 754 double order like its value once the sign is taken care of. */
function ordered(value: number): string {
  double.setFloat64(0, value === 0 ? 0 : value); // -0 is 0
  const bits = double.getBigUint64(0);
  const rank = bits >> 63n === 0n ? bits | (1n << 63n) : bits ^ 0xffff_ffff_ffff_ffffn;
  return '\u0000' + rank.toString(16).padStart(16, '0');
}
