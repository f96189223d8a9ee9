/** A part of a YAML text that is a document of its own, and the line it starts at. */
export interface YamlPart {
  readonly text: string;
  readonly line: number;
}

/**
 * Cuts a YAML text into the entries of the block mapping below a top-level key, and what frames them, so that a large
 * text can be parsed bit by bit. Where it is not laid out in that way, or uses anchors, the frame is the whole text.
 */
export function yamlParts(
  text: string,
  key: string,
): { readonly frame: readonly YamlPart[]; readonly entries: readonly YamlPart[] } {
  const whole = { frame: [{ text, line: 1 }], entries: [] };
  const head = new RegExp(`^${key}:[ \\t]*\\r?\\n`, 'm').exec(text);
  if (!head || /^\s*\{/.test(text) || /[\s[{,]&\S/.test(text)) return whole;

  const start = head.index + head[0].length;
  const [, indent] = /^(?:[ \t]*(?:#.*)?\r?\n)*( +)[^\s#-]/.exec(text.slice(start)) ?? [];
  if (indent === undefined) return whole;

  const block = text.slice(start);
  const after = /^[^\s#]/m.exec(block)?.index ?? block.length;
  // A line of exactly this indent is a key: text of several lines must be deeper, list items start with a dash.
  const cuts = [...block.slice(0, after).matchAll(new RegExp(`^${indent}[^\\s#-]`, 'gm'))].map(({ index }) => index);

  let line = linesIn(text.slice(0, start)) + linesIn(block.slice(0, cuts[0]));
  const part = (from: number, to: number): YamlPart => {
    const cut = { text: block.slice(from, to), line: line + 1 };
    line += linesIn(cut.text);
    return cut;
  };
  const entries = cuts.map((cut, i) => part(cut, cuts[i + 1] ?? after));
  return { frame: [{ text: text.slice(0, start), line: 1 }, part(after, block.length)], entries };
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
