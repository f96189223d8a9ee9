import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { filesUnder, importsOf, sourceFiles } from './source.ts';

const CONTRACT = ['Emits', 'Holds', 'Completes', 'Errors', 'Unsubscribing'];
const NOT_OPERATORS = ['operators/index.ts', 'operators/errors.ts'];

const operators = sourceFiles.filter((file) => /^operators\/[^/]+$/.test(file) && !NOT_OPERATORS.includes(file));
/** Whatever states one line of the contract states them all, wherever it is. */
const contracted = sourceFiles.filter((file) => operators.includes(file) || textOf(file).includes(' * - **Emits**'));

function textOf(file: string): string {
  return readFileSync(file, 'utf8');
}

/** The rows of the marble diagrams of a file, without their names and remarks. */
function diagramsOf(file: string): readonly string[] {
  const drawings = [...textOf(file).matchAll(/```text\n([\s\S]*?) \* ```/g)].map(([, drawing]) => drawing!);
  return drawings.flatMap((drawing) =>
    [...drawing.matchAll(/^ \* \S+ {2,}(\S.*?)(?: {2,}\/\/.*)?$/gm)].map(([, diagram]) => diagram!.trimEnd()),
  );
}

describe('docs', () => {
  it.each(contracted)('%s says what its contract is', (file) => {
    expect(CONTRACT.filter((word) => !textOf(file).includes(` * - **${word}**`))).toEqual([]);
  });

  it.each(operators)('%s draws what its spec runs, and has an example', (file) => {
    const spec = textOf(file.replace(/^(.*)\.ts$/, 'specs/$1.spec.ts'));
    const diagrams = diagramsOf(file);

    expect(diagrams.length).toBeGreaterThan(1);
    expect(diagrams.filter((diagram) => !spec.includes(diagram))).toEqual([]);
    expect(textOf(file)).toContain(' * @example');
  });

  it('has a spec for each example, which runs it', () => {
    const run = new Set(filesUnder('specs').flatMap((file) => importsOf(file)));
    const examples = filesUnder('docs/examples');
    expect(examples.length).toBeGreaterThan(10);
    expect(examples.filter((example) => !run.has(example))).toEqual([]);
  });
});
