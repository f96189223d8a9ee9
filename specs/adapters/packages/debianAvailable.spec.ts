import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { debianAvailable } from '../../../lib/adapters/packages/debianAvailable.ts';
import { pageSourceLaws } from '../../../lib/testing/pageSourceLaws.ts';
import { longestPause } from './support/longestPause.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { failureOf, inOrder, itemsOf, key, listOf, pageOf } from './support/walk.ts';

const paragraph = (name: string, version: string) =>
  `Package: ${name}\nVersion: ${version}\nDescription: about ${name}\nSize: 1\n\n`;

const sourceOf = (files: Readonly<Record<string, string | Buffer>>) =>
  debianAvailable({ directory: temporaryFolder(files) });

const helper = existsSync('/usr/lib/apt/apt-helper');
if (!helper) console.info('debianAvailable: no apt here, lists as lz4, xz and zstd are not read');
const lists = '/var/lib/apt/lists';
const machine = helper && existsSync(lists) && readdirSync(lists).some((name) => name.includes('_Packages'));
if (!machine) console.info('debianAvailable: no package lists here, not compared with apt');

describe('debianAvailable', () => {
  it('lists the packages of all lists, each once, and ignores other files', async () => {
    const source = sourceOf({
      'main_binary-amd64_Packages': paragraph('b', '1') + paragraph('a', '2'),
      'main_binary-i386_Packages': paragraph('b', '1') + paragraph('b', '0'),
      'contrib_Packages.gz': gzipSync(paragraph('c', '1')),
      main_InRelease: 'not a list',
      'partial/main_Packages': 'half a li',
    });

    expect(source.name).toBe('apt');
    expect(await listOf(source)).toEqual(['a 2', 'b 0', 'b 1', 'c 1']);
    expect((await itemsOf(source))[0]).toEqual({ name: 'a', version: '2', source: 'apt', description: 'about a' });
  });

  it('is empty without lists, and fails without the folder', async () => {
    expect(await listOf(sourceOf({}))).toEqual([]);
    const directory = join(temporaryFolder(), 'lists');
    expect(await failureOf(debianAvailable({ directory }))).toMatchObject({
      name: 'UnreachableError',
      where: directory,
    });
  });

  it('reads lists again when one has changed, came or went', async () => {
    const directory = temporaryFolder({ one_Packages: paragraph('a', '1') });
    const source = debianAvailable({ directory });
    expect(await listOf(source)).toEqual(['a 1']);

    writeFileSync(join(directory, 'two_Packages'), paragraph('b', '1'));
    expect(await listOf(source)).toEqual(['a 1', 'b 1']);

    writeFileSync(join(directory, 'one_Packages'), paragraph('a', '10'));
    expect(await listOf(source)).toEqual(['a 10', 'b 1']);

    rmSync(join(directory, 'one_Packages'));
    expect(await listOf(source)).toEqual(['b 1']);
  });

  it.each([
    ['plain', 'x_Packages', `${paragraph('a', '1')}Package: b\nVers`, 7],
    ['gzip', 'x_Packages.gz', gzipSync(paragraph('a', '1').repeat(10_000)).subarray(0, -200), undefined],
    ['gzip that is none', 'x_Packages.gz', 'nothing of the kind', 1],
  ])('fails with file and line when a list is cut off: %s', async (_, file, content, line) => {
    const directory = temporaryFolder({ [file]: content });
    const error = await failureOf(debianAvailable({ directory }));

    expect(error).toMatchObject({ name: 'FormatError', where: join(directory, file) });
    expect((error as { line: number }).line).toBeGreaterThanOrEqual(1);
    if (line !== undefined) expect(error).toMatchObject({ line });
  });

  const packers = helper ? ['lz4', 'xz', 'zstd'].filter((packer) => !spawnSync(packer, ['--version']).error) : [];
  console.info(`debianAvailable: tried with lists that are packed by ${packers.join(', ') || 'nothing'}`);
  it.each(packers)('reads lists that are packed by %s, and tells when they are cut off', async (packer) => {
    const kind = packer === 'zstd' ? 'zst' : packer;
    const packed = execFileSync(packer, ['-c'], { input: paragraph('a', '1').concat(paragraph('b', '2')) });
    expect(await listOf(sourceOf({ [`x_Packages.${kind}`]: packed }))).toEqual(['a 1', 'b 2']);

    const large = Array.from({ length: 20_000 }, (_, i) => paragraph(`p${i}`, '1')).join('');
    const whole = execFileSync(packer, ['-c'], { input: large });
    const error = await failureOf(sourceOf({ [`x_Packages.${kind}`]: whole.subarray(0, whole.length / 2) }));
    expect(error).toMatchObject({ name: 'FormatError', code: 'bad_format' });
  });

  it.runIf(machine)('X3 leaves no process behind when its page is no longer wanted', async () => {
    const source = debianAvailable();
    const leaving = new AbortController();
    const page = pageOf(source, { signal: leaving.signal }).catch((error: unknown) => error);
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort(new Error('left'));

    expect(await page).toMatchObject({ message: 'left' });
    await expect.poll(() => children().filter((name) => name.includes('apt-helper'))).toEqual([]);
  });

  it.runIf(machine)('X7 lists exactly what apt does, and lets everything else run meanwhile', async () => {
    const files = readdirSync(lists).filter((name) => name.includes('_Packages'));
    const text = execFileSync('/usr/lib/apt/apt-helper', ['cat-file', ...files.map((name) => join(lists, name))], {
      encoding: 'utf8',
      maxBuffer: 1024 ** 3,
    });
    const names = [...text.matchAll(/^Package: (.*)$/gm)].map(([, name]) => name ?? '');
    const versions = [...text.matchAll(/^Version: (.*)$/gm)].map(([, version]) => version ?? '');
    const expected = inOrder(names.map((name, i) => `${name} ${versions[i] ?? ''}`));

    const source = debianAvailable();
    const { totalMs, longestMs } = await longestPause(() => pageOf(source, { pageSize: 1 }));
    console.info(`debianAvailable: ${expected.length} packages in ${totalMs} ms, longest pause ${longestMs} ms`);

    expect(longestMs).toBeLessThan(totalMs * 0.75);
    expect(await listOf(source, { pageSize: 1_000 })).toEqual(expected);
    expect(names).toHaveLength(versions.length);
  });
});

/** The commands of this process's children. */
function children(): string[] {
  return execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' }).split('\n');
}

describe('debianAvailable keeps the laws of page sources', () => {
  const files = { one_Packages: paragraph('zlib', '1') + paragraph('apt', '2'), two_Packages: paragraph('acl', '3') };
  for (const law of pageSourceLaws(() => ({ source: sourceOf(files), query: {}, key }))) it(law.name, law.check);
});
