import { FormatError } from '../contracts/failure.ts';

/** One link of a `Link` header. */
export interface HeaderLink {
  /** Where it leads, as it stands there. */
  readonly target: string;
  /** What is there, in lower case. */
  readonly rels: readonly string[];
  /** What it is a link of, if not the page it came with. */
  readonly anchor: string | undefined;
}

// Each matches at `lastIndex` only, and no two of their parts can take the same character: they are linear.
const TARGET = /[\s,]*<([^>]*)>/y;
const PARAM = /\s*;\s*(?:([^\s"(),/:;<=>?@[\\\]{}]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*)))?)?/y;
const END = /\s*(?:,|$)/y;
const REST = /[\s,]*$/y;

/**
 * Reads a `Link` header (RFC 8288). What cannot be read throws FormatError and is not passed over: a lost link to the
 * next page would look like the end of the list.
 */
export function parseLinkHeader(header: string, where: string): readonly HeaderLink[] {
  const links: HeaderLink[] = [];
  let at = 0;
  const accept = (part: RegExp): RegExpExecArray | null => {
    part.lastIndex = at;
    const found = part.exec(header);
    if (found) at = part.lastIndex;
    return found;
  };
  const required = (part: RegExp, name: string): RegExpExecArray => {
    const found = accept(part);
    if (!found) throw new FormatError(where, 1, `expected ${name} at character ${at + 1} of the Link header`);
    return found;
  };

  while (!accept(REST)) {
    const target = required(TARGET, 'a URL in angle brackets')[1]!;
    const params = new Map<string, string>();
    for (let param = accept(PARAM); param; param = accept(PARAM)) {
      const [, name = '', quoted, plain = ''] = param;
      const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
      if (!params.has(name.toLowerCase())) params.set(name.toLowerCase(), value); // the first one counts
    }
    required(END, 'a comma or a semicolon');
    const rels = params.get('rel')?.toLowerCase().split(/\s+/) ?? [];
    links.push({ target: target.trim(), rels, anchor: params.get('anchor') });
  }
  return links;
}
