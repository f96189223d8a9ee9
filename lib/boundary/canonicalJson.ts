/** A value that JSON cannot carry, and the JSON pointer of its place. */
export class NotJsonError extends Error {
  override readonly name = 'NotJsonError';
  readonly code = 'not_json';
  readonly at: string;

  constructor(at: string, found: string) {
    super(
      `JSON cannot carry ${found} at ${at === '' ? 'the top' : at}; pass texts, finite numbers, lists and plain objects`,
    );
    this.at = at;
  }
}

const MAX_DEPTH = 500;

/**
 * The JSON text of a value with the keys of every object in order, so that equal data gives equal text.
 *
 * Properties that are `undefined` are left out, and `toJSON` is honoured, as by `JSON.stringify`. What `JSON.stringify`
 * drops or bends in silence (NaN, bigint, functions, maps, cycles) throws {@link NotJsonError}.
 *
 * @example
 * canonicalJson({ b: 1, a: [true] }); // {"a":[true],"b":1}
 */
export function canonicalJson(value: unknown): string {
  return textOf(value, '', []);
}

function textOf(given: unknown, at: string, parents: readonly unknown[]): string {
  const value = hasToJson(given) ? given.toJSON() : given;

  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (typeof value !== 'object') throw new NotJsonError(at, typeof value === 'number' ? String(value) : typeof value);
  if (parents.includes(value)) throw new NotJsonError(at, 'a cycle');
  if (parents.length >= MAX_DEPTH) throw new NotJsonError(at, `more than ${MAX_DEPTH} levels`);

  const below = [...parents, value];
  // Array.from visits holes, which map would skip.
  if (Array.isArray(value)) return `[${Array.from(value, (part, i) => textOf(part, `${at}/${i}`, below)).join()}]`;

  const kind = Object.prototype.toString.call(value);
  if (kind !== '[object Object]') throw new NotJsonError(at, kind);
  const parts = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${textOf(part, `${at}/${escaped(key)}`, below)}`);
  return `{${parts.join()}}`;
}

function hasToJson(value: unknown): value is { toJSON(): unknown } {
  return typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function';
}

/** A key as a step of a JSON pointer. */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
