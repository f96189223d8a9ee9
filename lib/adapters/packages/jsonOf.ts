import { FormatError } from '../../contracts/failure.ts';

/** Parses JSON; a text that is not is a FormatError with the line, where the engine tells the place. */
export function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FormatError(where, lineOf(text, cause), `it is not JSON (${String(cause)})`, { cause });
  }
}

/** V8 tells the place of most errors; the end of the text is where the others are. */
function lineOf(text: string, error: unknown): number {
  const [, position = text.length] = /position (\d+)/.exec(String(error)) ?? [];
  return text.slice(0, Number(position)).split('\n').length;
}
