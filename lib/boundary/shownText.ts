// Control characters, line separators, what turns the direction of writing around, and halves of characters.
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- they are what this is about
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text from outside as errors and logs may show it: on one line, without anything that steers a terminal, and cut. */
export function shownText(text: string, maxLength = 256): string {
  const start = text.length > maxLength ? text.slice(0, maxLength) : text;
  const safe = start.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return safe.length > maxLength || text.length > maxLength ? `${safe.slice(0, maxLength)}...` : safe;
}
