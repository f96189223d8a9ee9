import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultPythonDirectories } from '../../../lib/adapters/packages/defaultPythonDirectories.ts';
import { pythonInstalled } from '../../../lib/adapters/packages/pythonInstalled.ts';
import { pageSourceLaws } from '../../../lib/testing/pageSourceLaws.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { failureOf, inOrder, itemsOf, key, listOf } from './support/walk.ts';

const metadata = (name: string, version: string, more = '') =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${more}\nA manual.\n\nName: not this\n`;

/** A source over a site-packages folder with the given files, and what it could not read. */
function site(files: Readonly<Record<string, string>>) {
  const directory = temporaryFolder(files);
  const problems: unknown[] = [];
  const source = pythonInstalled({ directories: [directory], onProblem: (problem) => problems.push(problem) });
  return { directory, problems, source };
}

describe('pythonInstalled', () => {
  it('lists wheels and eggs with their summaries', async () => {
    const { source, problems } = site({
      'Wheel-1.0.dist-info/METADATA': metadata('Wheel', '1.0', 'Summary: a\n  folded\n\tsummary\nHome-page: x\n'),
      'crlf-1.dist-info/METADATA': metadata('crlf', '1.0.post1', 'Summary: lines\n').replaceAll('\n', '\r\n'),
      'folder-2.egg-info/PKG-INFO': metadata('folder', '2', 'Summary: UNKNOWN\n'),
      'file-3.egg-info': metadata('file', '3', 'summary: in another case\n'),
      'wheel/__init__.py': '',
      '~ld-1.0.dist-info/METADATA': metadata('old', '1.0'),
    });

    expect(await itemsOf(source)).toEqual([
      { name: 'Wheel', version: '1.0', source: 'python', description: 'a folded summary' },
      { name: 'crlf', version: '1.0.post1', source: 'python', description: 'lines' },
      { name: 'file', version: '3', source: 'python', description: 'in another case' },
      { name: 'folder', version: '2', source: 'python' },
    ]);
    expect(problems).toEqual([]);
  });

  it('lists what is in several folders once', async () => {
    const one = temporaryFolder({ 'a-1.dist-info/METADATA': metadata('a', '1') });
    const two = temporaryFolder({
      'a-1.dist-info/METADATA': metadata('a', '1'),
      'a-2.dist-info/METADATA': metadata('a', '2'),
    });

    expect(await listOf(pythonInstalled({ directories: [one, two] }))).toEqual(['a 1', 'a 2']);
    expect(await listOf(pythonInstalled({ directories: [] }))).toEqual([]);
  });

  it('tells of each distribution that cannot be read, and lists the others', async () => {
    const { directory, problems, source } = site({
      'good-1.dist-info/METADATA': metadata('good', '1'),
      'empty-1.dist-info/RECORD': '',
      'nameless-1.dist-info/METADATA': 'Version: 1\n\n',
      'binary-1.dist-info/METADATA': '\u0000'.repeat(1000),
      'folder-1.dist-info/METADATA/x': '',
      'hollow-1.egg-info/top_level.txt': '',
    });

    expect(await listOf(source)).toEqual(['good 1']);
    expect(problems).toHaveLength(5);
    expect(problems).toContainEqual(
      expect.objectContaining({ name: 'FormatError', where: join(directory, 'nameless-1.dist-info/METADATA') }),
    );
    expect(problems).toContainEqual(
      expect.objectContaining({ name: 'UnreachableError', where: join(directory, 'empty-1.dist-info/METADATA') }),
    );
  });

  it('reads the head of a manual of 100 MB, and no more', async () => {
    const { directory, source } = site({ 'big-1.dist-info/METADATA': metadata('big', '1') });
    truncateSync(join(directory, 'big-1.dist-info/METADATA'), 100 * 1024 * 1024);

    expect(await listOf(source)).toEqual(['big 1']);
  });

  it('reads again when something was installed or removed', async () => {
    const { directory, source } = site({ 'a-1.dist-info/METADATA': metadata('a', '1') });
    expect(await listOf(source)).toEqual(['a 1']);

    mkdirSync(join(directory, 'b-1.dist-info'));
    writeFileSync(join(directory, 'b-1.dist-info/METADATA'), metadata('b', '1'));
    expect(await listOf(source)).toEqual(['a 1', 'b 1']);

    rmSync(join(directory, 'a-1.dist-info'), { recursive: true });
    expect(await listOf(source)).toEqual(['b 1']);
  });

  it('fails when a folder cannot be read', async () => {
    const directory = join(temporaryFolder(), 'none');

    expect(await failureOf(pythonInstalled({ directories: [directory] }))).toMatchObject({
      name: 'UnreachableError',
      where: directory,
    });
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  if (!python) console.info('pythonInstalled: no python3 here, not compared with it');
  it.runIf(python)('lists exactly what importlib.metadata does', async () => {
    const script = [
      'import importlib.metadata as m, json, site, sysconfig, os',
      'dirs = [d for d in {sysconfig.get_path("purelib"), *site.getsitepackages()} if os.path.isdir(d)]',
      'found = [[d.metadata["Name"], d.version] for d in m.distributions(path=dirs)]',
      'print(json.dumps({"dirs": dirs, "found": found}))',
    ].join('\n');
    const { dirs, found } = JSON.parse(execFileSync('python3', ['-c', script], { encoding: 'utf8' })) as {
      dirs: string[];
      found: [string, string][];
    };

    expect(await listOf(pythonInstalled({ directories: dirs }))).toEqual(inOrder(found.map((pair) => pair.join(' '))));
    expect(found.length).toBeGreaterThan(0);
  });
});

describe('defaultPythonDirectories', () => {
  it('finds the folders of the system, of the user, of pyenv and of a virtual environment', async () => {
    const root = temporaryFolder({
      'usr/lib/python3/dist-packages/a.py': '',
      'usr/lib/python3.11/site-packages/a.py': '',
      'usr/lib/python3.11/lib-dynload/a.so': '',
      'usr/lib/python2.7/dist-packages/a.py': '',
      'usr/local/lib/python3.12/dist-packages/a.py': '',
      'home/.local/lib/python3.12/site-packages/a.py': '',
      'home/.pyenv/versions/3.13.1/lib/python3.13/site-packages/a.py': '',
      'venv/lib/python3.10/site-packages/a.py': '',
    });
    symlinkSync('3.13.1', join(root, 'home/.pyenv/versions/3.13'));

    const found = await defaultPythonDirectories({
      root,
      home: join(root, 'home'),
      env: { VIRTUAL_ENV: join(root, 'venv') },
    });

    expect(found.map((directory) => directory.slice(directory.indexOf(root) + root.length + 1)).sort()).toEqual([
      'home/.local/lib/python3.12/site-packages',
      'home/.pyenv/versions/3.13.1/lib/python3.13/site-packages',
      'usr/lib/python3.11/site-packages',
      'usr/lib/python3/dist-packages',
      'usr/local/lib/python3.12/dist-packages',
      'venv/lib/python3.10/site-packages',
    ]);
  });

  it('finds nothing where there is no Python', async () => {
    const root = temporaryFolder();

    expect(await defaultPythonDirectories({ root, home: root, env: {} })).toEqual([]);
  });
});

describe('pythonInstalled keeps the laws of page sources', () => {
  const files = Object.fromEntries(
    ['a', 'b', 'c', 'd'].map((name) => [`${name}-1.dist-info/METADATA`, metadata(name, '1')]),
  );
  for (const law of pageSourceLaws(() => ({ source: site(files).source, query: {}, key }))) it(law.name, law.check);
});
