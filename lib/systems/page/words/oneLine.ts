/** Most characters of a name that are shown: what is longer is cut on the screen anyway. */
const MOST = 200;

/** A name of a stranger as text of one line: without control characters, cut. */
export function oneLine(name: string): string {
  const text = name.slice(0, MOST + 1).replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}
