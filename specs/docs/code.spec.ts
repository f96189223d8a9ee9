import { isLeft } from 'fp-ts/lib/Either.js';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { declarations } from '../../docs/site/generate/declarations.ts';
import { configFile } from '../../lib/systems/config/configFile.ts';
import { sourceFiles } from '../architecture/source.ts';
import { parsedCommand } from '../support/parsedCommand.ts';
import { shellWords } from '../support/shellWords.ts';
import { codeBlocks, isExcerptOf, type CodeBlock } from './support/codeBlocks.ts';
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

  it('is JSON and YAML where it says so, and settings are settings', () => {
    for (const { where, code } of ofLanguage('json')) expect(() => JSON.parse(code) as unknown, where).not.toThrow();
    for (const { where, code } of ofLanguage('yaml')) {
      const decoded = configFile({ folder: '/', env: anything }).decode(parse(code));
      expect(isLeft(decoded) ? `${where}: ${decoded.left.map(({ message = '' }) => message).join()}` : '').toBe('');
    }
  });

  it('is what a shell takes where it says so, with commands that are there', async () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const failures: string[] = [];
    for (const { where, code } of ofLanguage('sh')) {
      const checked = spawnSync('bash', ['-n'], { input: code, encoding: 'utf8' });
      if (checked.status !== 0) failures.push(`${where}: ${checked.stderr}`);
      const unknown = [...code.matchAll(/npm run ([\w:-]+)/g)].filter(([, name]) => scripts[name!] === undefined);
      failures.push(...unknown.map(([line]) => `${where}: ${line}`));
      for (const args of shellWords(commandsIn(code))) {
        await parsedCommand(args).catch((failure: unknown) => failures.push(`${where}: ${String(failure)}`));
      }
    }
    expect(failures).toEqual([]);
  });
});

/** What a secret refers to is the reader's. */
const anything = new Proxy({}, { get: () => 'k1:0123456789abcdef0123456789abcdef' });

function ofLanguage(wanted: string): readonly CodeBlock[] {
  return blocks.filter(({ language }) => language === wanted);
}

/** The lines that run rxfan, without what stands before and behind. */
function commandsIn(code: string): readonly string[] {
  return code
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => /(?:^|&& |; )(?:[A-Z_]+=\S* )*(?:npx )?(rxfan .*)$/.exec(line)?.[1] ?? '')
    .filter((line) => line !== '');
}

/** An example may be fenced. */
function plain(example: string): string {
  return example.replace(/^```ts\n([\s\S]*)```$/, '$1');
}
