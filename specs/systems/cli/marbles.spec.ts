import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../lib/systems/cli/commandLine.ts';
import { fakeTerminal } from '../../support/fakeTerminal.ts';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'rxfan-marbles-'))));
afterAll(() => rm(folder, { recursive: true }));

async function run(...args: readonly string[]) {
  const terminal = fakeTerminal({});
  const code = await runCommandLine(['marbles', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('rxfan marbles', () => {
  it('draws diagrams on one time axis', async () => {
    expect(await run('a$: -1-----4|', 'b$: --2 100ms 5|', 'out: --(12)-(45|)', 'c: ---c')).toEqual({
      code: 0,
      err: '',
      out: [
        'a$   -1-   ----4    |',
        'b$   --2   -----    - 94ms 5|',
        'out  --(12)----(45|)',
        'c    ---   c----    - 94ms --',
        '',
      ].join('\n'),
    });
  });

  it('writes a picture', async () => {
    const file = join(folder, 'merge.svg');
    expect(await run('in: -a|', '--title', 'one', '--svg', file)).toMatchObject({ code: 0, out: '' });
    expect(await readFile(file, 'utf8')).toContain('<title>one</title>');
    expect((await run('in: -a|', '--svg', '-')).out).toMatch(/^<svg [^]*<\/svg>\n$/);
  });

  it('takes the diagrams of a test of ours', async () => {
    const { code, out } = await run('--spec', 'specs/operators/mergeSorted.spec.ts', '--test', 'one ordered stream');
    expect(code).toBe(0);
    expect(out).toMatch(/one ordered stream\n\na\$ +--1---4---\|\nb\$ +----2---5---6-\|\nexpected +----1-2-4-5-6-\|\n/);
  });

  it.each([
    ['neither', []],
    ['both', ['-a', '--spec', 'x']],
    ['no name', ['a-b|']],
    ['an option that is none', ['-a-b|']],
    ['a subscription', ['sub: -^-!']],
    ['no such file', ['--spec', 'nowhere.spec.ts']],
  ])('says what is wrong: %s', async (_, args) => {
    const { code, out, err } = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^error: .+\n$/);
  });

  it('says which tests there are, and where none has a diagram', async () => {
    const file = join(folder, 'x.spec.ts');
    await writeFile(file, "it('adds', () => {});\nit('multiplies', () => {});\n");
    expect((await run('--spec', file, '--test', 'divides')).err).toContain('there are 2: "adds", "multiplies"');
    expect((await run('--spec', file)).err).toContain('no diagram in the test "adds"');
  });

  it('cannot be made to steer a terminal', async () => {
    expect((await run('in: -\u001b-|')).out).toBe('in  -\\u001b-|\n');
  });
});
