/** Most characters of data that are shown in a row. */
const MOST = 160;

/** Data in few words: the members of an object as `name: value`. */
export function dataText(data: unknown): string {
  if (data === undefined) return '';
  const text =
    typeof data === 'object' && data !== null && !Array.isArray(data)
      ? Object.entries(data)
          .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
          .join(', ')
      : typeof data === 'string'
        ? data
        : JSON.stringify(data);
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}
