import { FormatError } from '../../contracts/failure.ts';
import { UnpackError } from './unpackError.ts';

/** One paragraph of a Debian control file: the first line of each wanted field, and the line it starts at. */
export interface Stanza<F extends string> {
  readonly line: number;
  readonly fields: Readonly<Partial<Record<F, string>>>;
}

const MAX_LINE_BYTES = 1024 * 1024;
const [TAB, LF, CR, SPACE, COLON, DELETE] = [0x09, 0x0a, 0x0d, 0x20, 0x3a, 0x7f];

/**
 * Reads the Debian control format (deb822) as strictly as dpkg does: a line that is neither field, continuation nor
 * blank, a wanted field given twice, and a last line without its end are a FormatError.
 * Emits what each chunk completes. Works on bytes: decoding 50 MB to keep 5 % of it would take longer than reading it.
 */
export async function* stanzas<F extends string>(
  chunks: AsyncIterable<Buffer>,
  { where, fields }: { readonly where: string; readonly fields: readonly F[] },
): AsyncGenerator<readonly Stanza<F>[]> {
  const wanted = new Map(fields.map((field) => [field.toLowerCase(), field]));
  const initials = new Set(fields.map((field) => field.toLowerCase().charCodeAt(0)));
  let line = 1;
  let complete: Stanza<F>[] = [];
  let current: { line: number; fields: Partial<Record<F, string>> } | undefined;
  let rest: Buffer = Buffer.alloc(0);

  const broken = (problem: string, options?: ErrorOptions) => new FormatError(where, line, problem, options);

  const read = (bytes: Buffer, start: number, end: number): void => {
    const first = bytes[start];
    if (start === end) {
      if (current) complete.push(current);
      current = undefined;
    } else if (first === SPACE || first === TAB) {
      if (!current) throw broken('a continuation line follows no field');
    } else {
      const colon = endOfName(bytes, start, end);
      if (colon === undefined) throw broken('expected "Field: value", a continuation line or a blank line');
      current ??= { line, fields: {} };
      if (!initials.has(first! | 0x20)) return;
      const field = wanted.get(bytes.toString('latin1', start, colon).toLowerCase());
      if (field === undefined) return;
      if (current.fields[field] !== undefined) throw broken(`field ${field} is given twice`);
      const value = bytes.toString('utf8', colon + 1, end).trim();
      if (hasControls(value)) throw broken(`field ${field} holds control characters`);
      current.fields[field] = value;
    }
  };

  try {
    for await (const chunk of chunks) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let start = 0;
      for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, start)) {
        read(bytes, start, end > start && bytes[end - 1] === CR ? end - 1 : end);
        start = end + 1;
        line++;
      }
      rest = bytes.subarray(start);
      if (rest.length > MAX_LINE_BYTES) throw broken(`a line of more than ${MAX_LINE_BYTES} bytes`);
      if (complete.length > 0) yield complete;
      complete = [];
    }
  } catch (error) {
    throw error instanceof UnpackError ? broken(error.message, { cause: error }) : error;
  }
  if (rest.length > 0) throw broken('the file ends in the middle of this line; it seems to be cut off');
  if (current) yield [current];
}

/** The place of the colon after a field name, if the line starts with these two. */
function endOfName(bytes: Buffer, start: number, end: number): number | undefined {
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === COLON) return i === start ? undefined : i;
    if (byte <= SPACE || byte >= DELETE) return undefined;
  }
  return undefined;
}

function hasControls(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < SPACE && code !== TAB) || code === DELETE) return true;
  }
  return false;
}
