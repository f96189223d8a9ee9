import { declarations, type Declared } from './declarations.ts';
import { docLinks } from './docLinks.ts';
import { fence } from './fence.ts';
import type { Page } from './page.ts';
import type { Figure } from './recordedFigures.ts';

/** What a page of an operator is made of. */
export interface OperatorPageOptions {
  /** The door that it is imported from. */
  readonly door: string;
  /** Pictures of what its spec ran. */
  readonly figures: readonly Figure[];
}

const DRAWING = /```text\n[\s\S]*?```\n*/;

/** The page of an operator, made of what its file says, with pictures of what its spec ran. Its first one is that of the comment. */
export function operatorPage(file: string, { door, figures }: OperatorPageOptions): Page {
  const declared = declarations(file);
  const functions = declared.filter(({ kind }) => kind === 'function');
  const name = functions[0]!.name;
  const drawing = DRAWING.exec(functions[0]!.comment.text)?.[0] ?? '';
  const first = figures.find(({ diagrams }) => diagrams.every((diagram) => drawing.includes(diagram)));
  if (drawing !== '' && first === undefined)
    throw new Error(`no test of the spec of ${file} runs what its comment draws`);
  const others = figures.filter((figure) => figure !== first && isTelling(figure));

  const parts = [
    `# ${name}`,
    fence('ts', `import { ${functions.map((each) => each.name).join(', ')} } from '${door}';`),
    ...functions.flatMap((each, i) => [
      ...(i === 0 ? [] : [`## ${each.name}`]),
      ...about(each, i === 0 ? first : undefined),
    ]),
    ...declared.filter(({ kind }) => kind === 'interface').map(options),
    ...(others.length === 0 ? [] : ['## What its spec shows', ...others.map(captioned)]),
  ];
  return { path: `operators/${name}`, title: name, text: `${parts.join('\n\n')}\n` };
}

function about({ comment, signature }: Declared, figure: Figure | undefined): readonly string[] {
  const [summary = '', ...rest] = docLinks(comment.text.replace(DRAWING, '')).split('\n\n');
  return [
    summary,
    ...(figure === undefined ? [] : [framed(figure)]),
    ...rest,
    ...comment.examples.map((example) => fence('ts', example)),
    fence('ts', signature),
  ];
}

function options({ name, comment, members }: Declared): string {
  const rows = members.map(({ name: member, type, optional, comment: { text } }) => {
    const shown = type.replaceAll('|', '\\|');
    return `| \`${member}\`${optional ? '' : ', needed'} | \`${shown}\` | ${docLinks(text).replace(/\s*\n\s*/g, ' ')} |`;
  });
  return [
    `## ${name}`,
    '',
    docLinks(comment.text),
    '',
    '| option | type | meaning |',
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** One diagram alone tells nothing of an operator. */
function isTelling({ diagrams }: Figure): boolean {
  return diagrams.length > 1 && diagrams.some((diagram) => /\w/.test(diagram));
}

function captioned(figure: Figure): string {
  return `${framed(figure)}\n\n${escaped(figure.test)}`;
}

function framed({ svg }: Figure): string {
  return `<figure class="marbles" v-pre>${svg.replaceAll(/\n\s*/g, ' ')}</figure>`;
}

/** A title as text: what looks like markup in it is none. */
function escaped(title: string): string {
  return title.replace(/^[A-Z]+\d+ /, '').replaceAll(/[\\`*_{}[\]<>|#]/g, '\\$&');
}
