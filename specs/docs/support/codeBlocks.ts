import { readFileSync } from 'node:fs';

/** A block of code in a page, with what the page says of it to those who check it. */
export interface CodeBlock {
  /** Where it begins: `docs/testing.md:12`. */
  readonly where: string;
  readonly language: string;
  readonly code: string;
  /** The file that it is taken from, word for word. */
  readonly from?: string | undefined;
  /** Declarations of what it uses and does not show, of this block and those before it on the page. */
  readonly given: string;
}

/** A remark of a page, `<!-- from: … -->` or `<!-- given: … -->`, or a block; a block in a list is indented. */
const PARTS = /<!-- (from|given):\s([\s\S]*?)-->|^( *)```(\w*)\n([\s\S]*?)^\3```$/gm;

/** The blocks of code of a page, in order. */
export function codeBlocks(page: string): readonly CodeBlock[] {
  const text = readFileSync(page, 'utf8');
  const blocks: CodeBlock[] = [];
  let given = '';
  let from: string | undefined;
  for (const { index, 1: remark, 2: says = '', 3: indent = '', 4: language = '', 5: code = '' } of text.matchAll(
    PARTS,
  )) {
    if (remark === 'from') from = says.trim();
    else if (remark === 'given') given += `${says.trim()}\n`;
    else {
      const where = `${page}:${text.slice(0, index).split('\n').length}`;
      blocks.push({ where, language, code: unindented(code, indent.length), from, given });
      from = undefined;
    }
  }
  return blocks;
}

/** The text of a file has this in it, however deep it stands there. */
export function isExcerptOf(file: string, code: string): boolean {
  const wanted = code.trimEnd().split('\n');
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.some((line, at) => {
    const depth = line.length - line.trimStart().length;
    return wanted.every((each, i) => unindented(lines[at + i] ?? '', depth) === each);
  });
}

function unindented(code: string, depth: number): string {
  return code
    .split('\n')
    .map((line) => (line.slice(0, depth).trim() === '' ? line.slice(depth) : line))
    .join('\n');
}
