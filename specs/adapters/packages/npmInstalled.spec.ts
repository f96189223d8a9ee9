import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npmInstalled } from '../../../lib/adapters/packages/npmInstalled.ts';
import { pageSourceLaws } from '../../../lib/testing/pageSourceLaws.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { failureOf, inOrder, itemsOf, key, listOf } from './support/walk.ts';

const manifest = (name: string, version: string, more: object = {}) => JSON.stringify({ name, version, ...more });

/** A source over a node_modules folder with the given files, and what it could not read. */
function modules(files: Readonly<Record<string, string>>) {
  const directory = temporaryFolder(files);
  const problems: unknown[] = [];
  return { directory, problems, source: npmInstalled({ directory, onProblem: (problem) => problems.push(problem) }) };
}

describe('npmInstalled', () => {
  it('lists packages, scoped ones and nested ones, each version once', async () => {
    const { source, problems } = modules({
      'b/package.json': manifest('b', '1.0.0', { description: 'the\n b' }),
      'b/node_modules/a/package.json': manifest('a', '1.0.0'),
      'b/node_modules/a/node_modules/@s/deep/package.json': manifest('@s/deep', '0.0.1'),
      'c/node_modules/a/package.json': manifest('a', '1.0.0'),
      'c/package.json': manifest('c', '3.0.0', { description: 7 }),
      'a/package.json': manifest('a', '2.0.0'),
      '@s/one/package.json': manifest('@s/one', '1.0.0'),
      '.bin/tool': '#!/bin/sh',
      '.cache/x/package.json': manifest('cached', '1.0.0'),
      '.package-lock.json': '{}',
      'a/test/fixture/package.json': manifest('fixture', '1.0.0'),
    });

    expect(await listOf(source)).toEqual(['@s/deep 0.0.1', '@s/one 1.0.0', 'a 1.0.0', 'a 2.0.0', 'b 1.0.0', 'c 3.0.0']);
    expect((await itemsOf(source)).slice(-2)).toEqual([
      { name: 'b', version: '1.0.0', source: 'npm', description: 'the b' },
      { name: 'c', version: '3.0.0', source: 'npm' },
    ]);
    expect(problems).toEqual([]);
  });

  it('lists what pnpm and npm link to, once', async () => {
    const { directory, source, problems } = modules({
      '.pnpm/a@1.0.0/node_modules/a/package.json': manifest('a', '1.0.0'),
      '.pnpm/b@2.0.0/node_modules/b/package.json': manifest('b', '2.0.0'),
      '.pnpm/lock.yaml': '',
      '.store/c@1/node_modules/c/package.json': manifest('c', '1.0.0'),
    });
    symlinkSync('.pnpm/a@1.0.0/node_modules/a', join(directory, 'a'));
    symlinkSync('../../b@2.0.0/node_modules/b', join(directory, '.pnpm/a@1.0.0/node_modules/b'));

    expect(await listOf(source)).toEqual(['a 1.0.0', 'b 2.0.0', 'c 1.0.0']);
    expect(problems).toEqual([]);
  });

  it('follows links, and comes back from those that lead in circles or nowhere', async () => {
    const { directory, source, problems } = modules({ 'a/package.json': manifest('a', '1.0.0') });
    const workspace = temporaryFolder({ 'package.json': manifest('workspace', '0.0.0') });
    symlinkSync(workspace, join(directory, 'workspace'));
    mkdirSync(join(directory, 'a/node_modules'));
    symlinkSync(join(directory, 'a'), join(directory, 'a/node_modules/a'));
    symlinkSync('.', join(directory, '@circle'));
    symlinkSync(directory, join(directory, 'circle'));
    symlinkSync('nowhere', join(directory, 'dangling'));
    symlinkSync('itself', join(directory, 'itself'));

    expect(await listOf(source)).toEqual(['a 1.0.0', 'workspace 0.0.0']);
    expect(problems.filter((problem) => !String(problem).includes('/itself'))).toEqual([]);
  });

  it('tells of each manifest that cannot be read, and lists the others and what is nested below', async () => {
    const { directory, source, problems } = modules({
      'good/package.json': manifest('good', '1.0.0'),
      'cut/package.json': '{\n  "name": "cut",\n  "vers',
      'cut/node_modules/below/package.json': manifest('below', '1.0.0'),
      'nameless/package.json': '{"version":"1.0.0"}',
      'numeric/package.json': '{"name":"numeric","version":1}',
      'list/package.json': '[]',
      'proto/package.json': '{"__proto__":{"name":"evil","version":"1"}}',
      'binary/package.json': '\u0000\u0001\u0002',
      'folder/package.json/x': '',
    });

    expect(await listOf(source)).toEqual(['below 1.0.0', 'good 1.0.0']);
    expect(problems).toHaveLength(7);
    expect(problems).toContainEqual(
      expect.objectContaining({ name: 'FormatError', where: join(directory, 'cut/package.json'), line: 3 }),
    );
    expect(problems).toContainEqual(
      expect.objectContaining({
        name: 'DecodeError',
        where: join(directory, 'nameless/package.json'),
        faults: [{ at: '/name', expected: 'string', found: 'missing' }],
      }),
    );
    expect(problems).toContainEqual(
      expect.objectContaining({ faults: [{ at: '/version', expected: 'string', found: '1' }] }),
    );
  });

  it('refuses a manifest of 100 MB without reading it', async () => {
    const { directory, source, problems } = modules({ 'huge/package.json': '' });
    truncateSync(join(directory, 'huge/package.json'), 100 * 1024 * 1024);

    expect(await listOf(source)).toEqual([]);
    expect(problems).toMatchObject([{ name: 'TooLargeError' }]);
  });

  it('fails when the folder itself cannot be read', async () => {
    const directory = join(temporaryFolder({ file: '' }), 'file');

    expect(await failureOf(npmInstalled({ directory }))).toMatchObject({ name: 'UnreachableError', where: directory });
    expect(await failureOf(npmInstalled({ directory: join(directory, 'none') }))).toMatchObject({
      name: 'UnreachableError',
    });
  });

  it('reads once, and again when npm has changed something', async () => {
    const { directory, source, problems } = modules({
      'a/package.json': manifest('a', '1.0.0'),
      'bad/package.json': '',
    });
    await listOf(source, { pageSize: 1 });
    await listOf(source, { query: { query: 'a' } });
    expect(problems).toHaveLength(1);

    writeFileSync(join(directory, '.package-lock.json'), '{}');
    writeFileSync(join(directory, 'a/package.json'), manifest('a', '1.0.1'));
    expect(await listOf(source)).toEqual(['a 1.0.1']);

    writeFileSync(join(directory, 'a/package.json'), manifest('a', '1.0.2'));
    utimesSync(join(directory, '.package-lock.json'), 1, 1);
    expect(await listOf(source)).toEqual(['a 1.0.2']);
  });

  const own = 'node_modules/.package-lock.json';
  if (!existsSync(own)) console.info('npmInstalled: no node_modules here, not compared with what npm wrote down');
  it.runIf(existsSync(own))('lists exactly what npm says it has installed here', async () => {
    const { packages } = JSON.parse(readFileSync(own, 'utf8')) as { packages: Record<string, unknown> };
    const installed = Object.keys(packages).filter((folder) => existsSync(join(folder, 'package.json')));
    const expected = installed.map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
        string,
        string
      >;
      return `${name ?? ''} ${version ?? ''}`;
    });

    expect(await listOf(npmInstalled())).toEqual(inOrder(expected));
    expect(readdirSync('node_modules').length).toBeGreaterThan(5);
  });
});

describe('npmInstalled keeps the laws of page sources', () => {
  const files = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((name) => [`${name}/package.json`, manifest(name, '1.0.0')]),
  );
  for (const law of pageSourceLaws(() => ({ source: modules(files).source, query: {}, key }))) it(law.name, law.check);
});
