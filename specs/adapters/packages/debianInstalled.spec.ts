import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { debianInstalled } from '../../../lib/adapters/packages/debianInstalled.ts';
import { pageSourceLaws } from '../../../lib/testing/pageSourceLaws.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { failureOf, inOrder, itemsOf, key, listOf, pageOf } from './support/walk.ts';

const paragraph = (name: string, version: string, { status = 'install ok installed', more = '' } = {}) =>
  `Package: ${name}\nStatus: ${status}\nArchitecture: amd64\nVersion: ${version}\nDescription: about ${name}\n long text\n${more}\n`;

const statusOf = (text: string | Buffer) => join(temporaryFolder({ status: text }), 'status');
const sourceOf = (text: string | Buffer) => debianInstalled({ statusFile: statusOf(text) });

const machine = '/var/lib/dpkg/status';
const onDebian = existsSync(machine) && spawnSync('dpkg-query', ['--version']).status === 0;
if (!onDebian) console.info('debianInstalled: no dpkg here, not compared with dpkg-query');

describe('debianInstalled', () => {
  it('lists what is installed, with the first line of its description', async () => {
    const source = sourceOf(paragraph('zlib1g', '1:1.2') + paragraph('apt', '2.6') + paragraph('acl', '2.3-1'));

    expect(source.name).toBe('dpkg');
    expect(await itemsOf(source)).toEqual([
      { name: 'acl', version: '2.3-1', source: 'dpkg', description: 'about acl' },
      { name: 'apt', version: '2.6', source: 'dpkg', description: 'about apt' },
      { name: 'zlib1g', version: '1:1.2', source: 'dpkg', description: 'about zlib1g' },
    ]);
  });

  it('leaves out what is removed, half installed or unknown', async () => {
    const states = ['deinstall ok config-files', 'install reinstreq half-installed', 'install ok unpacked'];
    const gone = states.map((status, i) => paragraph(`gone${i}`, '1', { status })).join('');
    const unknown = 'Package: never\nStatus: unknown ok not-installed\n\n';
    const held = paragraph('held', '1', { status: 'hold ok installed' });
    const triggered = paragraph('triggered', '1', { status: 'install ok triggers-pending' });

    expect(await listOf(sourceOf(gone + unknown + held + triggered))).toEqual(['held 1', 'triggered 1']);
  });

  it('lists a package of two architectures once', async () => {
    expect(await listOf(sourceOf(paragraph('libc6', '2.36') + paragraph('libc6', '2.36')))).toEqual(['libc6 2.36']);
  });

  it('searches names and descriptions in any case', async () => {
    const source = sourceOf(paragraph('Alpha', '1') + paragraph('beta', '2') + paragraph('gamma', '3'));

    expect(await listOf(source, { query: { query: 'ALPHA' } })).toEqual(['Alpha 1']);
    expect(await listOf(source, { query: { query: 'about B' } })).toEqual(['beta 2']);
    expect(await listOf(source, { query: { query: 'none of them' } })).toEqual([]);
  });

  it.each([
    ['cut off in the middle of a line', paragraph('a', '1') + 'Package: b\nStat', 9],
    ['cut off after a name', paragraph('a', '1') + 'Package: b\n', 8],
    ['without a version', 'Package: a\nStatus: install ok installed\n\n', 1],
    ['without a name', '\nStatus: install ok installed\nVersion: 1\n\n', 2],
    ['with a strange status', paragraph('a', '1', { status: 'installed' }), 1],
    ['with a strange name', paragraph('../etc', '1'), 1],
    ['of something else', '<!doctype html>\n<html>\n', 1],
    ['of zeros', Buffer.alloc(5_000), 1],
  ])('fails with file and line for a file %s', async (_, text, line) => {
    const statusFile = statusOf(text);
    const error = await failureOf(debianInstalled({ statusFile }));

    expect(error).toMatchObject({ name: 'FormatError', where: statusFile, line });
    expect((error as Error).message).toContain(`${statusFile}:${line}: `);
  });

  it('tells of a file that is not there, and of a folder in its place', async () => {
    const folder = temporaryFolder();

    expect(await failureOf(debianInstalled({ statusFile: join(folder, 'status') }))).toMatchObject({
      name: 'UnreachableError',
      where: join(folder, 'status'),
      message: expect.stringContaining('does not exist') as string,
    });
    expect(await failureOf(debianInstalled({ statusFile: folder }))).toMatchObject({ name: 'UnreachableError' });
  });

  it('does not wait for the writer of a pipe', async () => {
    const pipe = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [pipe]);

    expect(await failureOf(debianInstalled({ statusFile: pipe }))).toMatchObject({ name: 'UnreachableError' });
  });

  it('reads the file again when it has changed, and recovers from a failure', async () => {
    const statusFile = statusOf(paragraph('a', '1'));
    const source = debianInstalled({ statusFile });
    expect(await listOf(source)).toEqual(['a 1']);

    truncateSync(statusFile, 20);
    expect(await failureOf(source)).toMatchObject({ name: 'FormatError' });

    writeFileSync(`${statusFile}-new`, paragraph('a', '2'));
    renameSync(`${statusFile}-new`, statusFile);
    expect(await listOf(source)).toEqual(['a 2']);
  });

  it('goes on after the last item when packages come and go between two pages', async () => {
    const statusFile = statusOf(['b', 'd', 'f'].map((name) => paragraph(name, '1')).join(''));
    const source = debianInstalled({ statusFile });
    const first = await pageOf(source, { pageSize: 2 });

    writeFileSync(statusFile, ['a', 'c', 'd', 'e', 'f'].map((name) => paragraph(name, '1')).join(''));
    const second = await pageOf(source, { pageSize: 2, pageToken: first.nextPageToken });

    expect(first.items.map(({ name }) => name)).toEqual(['b', 'd']);
    expect(second.items.map(({ name }) => name)).toEqual(['e', 'f']);
    expect(second.nextPageToken ?? '').toBe('');
  });

  it.runIf(onDebian)('lists exactly what dpkg-query does', async () => {
    const query = execFileSync('dpkg-query', ['-W', '-f', '${Package} ${Version} ${db:Status-Status}\n'], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    const expected = query.split('\n').filter((line) => line.endsWith(' installed'));
    const listed = await listOf(debianInstalled());

    expect(listed).toEqual(inOrder(expected.map((line) => line.replace(/ installed$/, ''))));
    expect(listed.length).toBeGreaterThan(50);
  });
});

describe('debianInstalled keeps the laws of page sources', () => {
  const text = ['zlib', 'apt', 'acl', 'bash', 'apt-utils'].map((name) => paragraph(name, '1')).join('');
  for (const law of pageSourceLaws(() => ({ source: sourceOf(text), query: {}, key }))) it(law.name, law.check);
});
