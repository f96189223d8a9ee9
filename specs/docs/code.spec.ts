import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { declarations } from '../../docs/site/generate/declarations.ts';
import { sourceFiles } from '../architecture/source.ts';
import { codeBlocks, isExcerptOf } from './support/codeBlocks.ts';
import { compileCode } from './support/compileCode.ts';

const pages = [
  'README.md',
  ...['docs', 'docs/recipes'].flatMap((folder) => readdirSync(folder).map((name) => `${folder}/${name}`)),
].filter((file) => file.endsWith('.md'));
const blocks = pages.flatMap((page) => codeBlocks(page));
const own = blocks
  .filter(({ language, from }) => language === 'ts' && from === undefined)
  .map((block) => ({ ...block, undeclared: 'error' as const }));
const examples = sourceFiles.flatMap((file) =>
  declarations(file).flatMap(({ name, comment }) =>
    comment.examples.map((code) => ({
      ...{ where: `${file} ${name}`, name, code: plain(code), given: '' },
      undeclared: 'any' as const,
    })),
  ),
);

describe('code in the documentation', () => {
  it('stands in the file that it is said to be from', () => {
    const quoted = blocks.flatMap(({ where, from, code }) => (from === undefined ? [] : [{ where, from, code }]));

    expect(
      quoted.filter(({ from, code }) => !isExcerptOf(from, code)).map(({ where, from }) => `${where}: ${from}`),
    ).toEqual([]);
  });

  it('compiles where it is from no file; that of TSDoc too, with whatever its reader has', () => {
    expect(own.length).toBeGreaterThan(5);
    expect(examples.length).toBeGreaterThan(50);
    expect(compileCode([...own, ...examples])).toEqual([]);
  });

  it('uses, in TSDoc, what it is an example of', () => {
    expect(examples.filter(({ name, code }) => !code.includes(name)).map(({ where }) => where)).toEqual([]);
  });
});

/** An example may be fenced. */
function plain(example: string): string {
  return example.replace(/^```ts\n([\s\S]*)```$/, '$1');
}
