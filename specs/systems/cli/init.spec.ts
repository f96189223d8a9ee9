import fc from 'fast-check';
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../lib/systems/cli/commandLine.ts';
import { FolderTakenError } from '../../../lib/systems/cli/init/folderTakenError.ts';
import { ownSpec } from '../../../lib/systems/cli/init/ownSpec.ts';
import { projectName } from '../../../lib/systems/cli/init/projectName.ts';
import { writeFolder } from '../../../lib/systems/cli/init/writeFolder.ts';
import { manifest } from '../../architecture/source.ts';
import { fakeTerminal } from '../../support/fakeTerminal.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

async function init(...args: readonly string[]) {
  const terminal = fakeTerminal();
  const code = await runCommandLine(['init', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => lstatSync(join(folder, name)).isFile());

const STARTER = [
  '.gitignore',
  'README.md',
  'package.json',
  'rxfan.config.yaml',
  'specs/pricedItems.spec.ts',
  'src/main.ts',
  'src/pricedItems.ts',
  'tsconfig.json',
];

describe('rxfan init', () => {
  it('writes a project into a new folder, and prints the commands to go on with', async () => {
    const folder = join(temporaryFolder(), 'my app');
    const { code, out, err } = await init(folder);

    expect([code, err]).toEqual([0, '']);
    expect(filesIn(folder).sort()).toEqual(STARTER);
    expect(out.split('\n').filter((line) => line.startsWith('  '))).toEqual([
      `  cd '${folder}'`,
      '  npm install --install-links',
      '  npm test',
      '  npm start',
      '  npx rxfan route check',
      '  npx rxfan route',
      `  curl http://127.0.0.1:8080/hooks/orders -H 'content-type: application/json' -d '{"kind":"order","number":1}'`,
    ]);
  });

  it('pins what this repository pins, and gets rxfan from where this one came from, or from where it is told', async () => {
    const parent = temporaryFolder();
    await init(join(parent, 'a'));
    const told = await init(join(parent, 'b'), '--rxfan', 'file:/tmp/rxfan.tgz');
    const [a, b] = ['a', 'b'].map((name) => JSON.parse(readFileSync(join(parent, name, 'package.json'), 'utf8')));

    const pinned = (...names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, manifest.devDependencies[name]]));
    expect(a.name).toBe('a');
    expect(a.dependencies).toEqual({ rxfan: `file:${process.cwd()}`, ...pinned('rxjs') });
    expect(a.devDependencies).toEqual(pinned('@types/node', 'typescript', 'vitest'));
    expect(b.dependencies.rxfan).toBe('file:/tmp/rxfan.tgz');
    expect(told.out).toContain('  npm install\n');
  });

  it('has a route that the program can read', async () => {
    const folder = join(temporaryFolder(), 'app');
    await init(folder);
    const terminal = fakeTerminal();

    expect(await runCommandLine(['route', 'check', '--config', join(folder, 'rxfan.config.yaml')], terminal)).toBe(0);
    expect(terminal.out()).toMatch(/^orders +POST \/hooks\/orders +archive +match +archive /m);
  });

  it('writes into a folder that is empty', async () => {
    const folder = temporaryFolder();
    expect(await init(folder)).toMatchObject({ code: 0 });
    expect(filesIn(folder).sort()).toEqual(STARTER);
  });

  it('refuses a folder with something in it, names that, and leaves it as it was', async () => {
    const files = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'package.json'].map((name) => [name, name]));
    const folder = temporaryFolder(files);

    expect(await init(folder)).toEqual({
      code: 1,
      out: '',
      err:
        `error: ${folder} is not empty: it has "a", "b", "c", "d", "e" and 2 more; ` +
        'name a new folder, or one that is empty\n',
    });
    expect(filesIn(folder).sort()).toEqual(Object.keys(files));
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe('package.json');
  });

  it('refuses what is no folder, a link to one included', async () => {
    const folder = temporaryFolder({ file: 'kept' });
    mkdirSync(join(folder, 'empty'));
    symlinkSync(join(folder, 'empty'), join(folder, 'link'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));

    for (const name of ['file', 'link', 'dangling']) {
      const { code, err } = await init(join(folder, name));
      expect([code, err]).toEqual([1, expect.stringContaining(`${name} is not a folder; name a new folder`)]);
    }
    expect(filesIn(folder)).toEqual(['file']);
  });

  it.each([
    ['a/b', /^error: there is no folder .*a: make it first, or name another\n$/],
    ['\u001b[2J', /^error: a folder needs a name that can be typed, not "\S*u001b\[2J"\n$/],
    ['', /^error: a folder needs a name that can be typed/],
  ])('refuses the folder %j', async (name, message) => {
    const parent = temporaryFolder();
    const { code, err } = await init(name === '' ? '' : join(parent, name));

    expect([code, readdirSync(parent)]).toEqual([2, []]);
    expect(err).toMatch(message);
  });
});

describe('writeFolder', () => {
  const failing = [
    { path: 'a/b', text: 'b' },
    { path: 'c', text: 'c' },
    { path: 'long'.repeat(100), text: '' },
  ];

  it('leaves nothing when a file cannot be written', async () => {
    const parent = temporaryFolder();
    mkdirSync(join(parent, 'empty'));

    await expect(writeFolder(join(parent, 'new'), failing)).rejects.toThrow('ENAMETOOLONG');
    await expect(writeFolder(join(parent, 'empty'), failing)).rejects.toThrow('ENAMETOOLONG');
    expect(readdirSync(parent, { recursive: true })).toEqual(['empty']);
  });

  it('overwrites nothing that somebody else has put there meanwhile', async () => {
    const folder = join(temporaryFolder(), 'new');
    const meanwhile = { path: 'a', text: 'theirs' };
    const failure = await writeFolder(folder, [meanwhile, meanwhile]).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(FolderTakenError);
    expect(failure).toMatchObject({ code: 'folder_taken', folder, entries: ['a'] });
  });

  it('has one project where two are written at the same time, or none', async () => {
    const folder = join(temporaryFolder(), 'new');
    const project = (text: string) => ['a', 'b/c', 'd'].map((path) => ({ path, text }));
    const settled = await Promise.allSettled([writeFolder(folder, project('1')), writeFolder(folder, project('2'))]);

    const texts = settled.flatMap(({ status }, i) => (status === 'fulfilled' ? [String(i + 1)] : []));
    expect(texts.length).toBeLessThan(2);
    const left = texts.length === 0 ? [] : filesIn(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(left).toEqual(texts.flatMap((text) => [text, text, text]));
  });
});

describe('projectName', () => {
  it('is one that npm takes, whatever the folder is called', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        fc.pre(!/[/\0]/.test(name));
        const called = projectName(`/tmp/${name}`, ['rxfan']);
        expect(called).toMatch(/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/);
        expect(called.length).toBeLessThanOrEqual(214);
        expect(called).not.toBe('rxfan');
      }),
    );
  });

  it.each([
    ['My App', 'my-app'],
    ['...', 'app'],
    ['Émile', 'mile'],
    ['rxfan', 'rxfan-app'],
    ['a'.repeat(300), 'a'.repeat(210)],
  ])('of %j is %j', (folder, name) => expect(projectName(`/tmp/${folder}`, ['rxfan'])).toBe(name));
});

describe('ownSpec', () => {
  const installed = (text?: string) =>
    join(temporaryFolder(text === undefined ? {} : { 'node_modules/.package-lock.json': text }), 'node_modules/rxfan');
  const resolvedTo = (resolved: string) => JSON.stringify({ packages: { 'node_modules/rxfan': { resolved } } });

  it.each([
    ['the registry', resolvedTo('https://registry.npmjs.org/rxfan/-/rxfan-1.2.3.tgz'), '1.2.3'],
    ['an archive', resolvedTo('file:/tmp/rxfan.tgz'), 'file:/tmp/rxfan.tgz'],
    ['a repository', resolvedTo('git+ssh://git@host/rxfan.git#0f'), 'git+ssh://git@host/rxfan.git#0f'],
    ['another package manager', undefined, '1.2.3'],
    ['nobody knows', '{"packages":[]}', '1.2.3'],
    ['nobody can read', '{', '1.2.3'],
  ])('leads to %s', async (_, lock, spec) => {
    expect(await ownSpec(installed(lock), '1.2.3')).toEqual({ spec, install: 'npm install' });
  });

  it('leads to an archive whose place is told from where it was installed', async () => {
    const folder = installed(resolvedTo('file:../rxfan.tgz'));
    expect(await ownSpec(folder, '1.2.3')).toMatchObject({ spec: `file:${join(folder, '../../../rxfan.tgz')}` });
  });

  it('leads to a folder that is not installed, which is copied', async () => {
    expect(await ownSpec('/src/rxfan', '1.2.3')).toEqual({
      spec: 'file:/src/rxfan',
      install: 'npm install --install-links',
    });
  });
});
