import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { defaultSources } from '../../../lib/adapters/packages/defaultSources.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { failureOf, listOf } from './support/walk.ts';

describe('defaultSources', () => {
  it('finds what is there', async () => {
    const root = temporaryFolder({
      'var/lib/dpkg/status': 'Package: acl\nStatus: install ok installed\nVersion: 1\n\n',
      'var/lib/apt/lists/main_Packages': 'Package: zlib\nVersion: 2\n\n',
      'project/node_modules/rx/package.json': '{"name":"rx","version":"3"}',
      'site/p-4.dist-info/METADATA': 'Name: p\nVersion: 4\n',
    });
    const places = { root, directory: join(root, 'project'), pythonDirectories: [join(root, 'site')] };
    const { sources, absent } = await firstValueFrom(defaultSources(places));

    expect(sources.map(({ name }) => name)).toEqual(['npm', 'dpkg', 'apt', 'python']);
    expect(await Promise.all(sources.map((source) => listOf(source)))).toEqual([
      ['rx 3'],
      ['acl 1'],
      ['zlib 2'],
      ['p 4'],
    ]);
    expect(absent).toEqual([]);
  });

  it('tells what is not there, and why', async () => {
    const root = temporaryFolder({ 'var/lib/apt/lists/lock': '' });
    const { sources, absent } = await firstValueFrom(defaultSources({ root, directory: root, pythonDirectories: [] }));

    expect(sources).toEqual([]);
    expect(absent).toEqual([
      { name: 'npm', reason: `${join(root, 'node_modules')} does not exist` },
      { name: 'dpkg', reason: `${join(root, 'var/lib/dpkg/status')} does not exist` },
      { name: 'apt', reason: `no package lists in ${join(root, 'var/lib/apt/lists')}; apt update fetches them` },
      { name: 'python', reason: 'no site-packages or dist-packages in the usual places' },
    ]);
  });

  it('keeps a source that is there but broken, which fails when it is asked', async () => {
    const root = temporaryFolder({ 'var/lib/dpkg/status': 'Package: a', node_modules: 'a file', 'var/lib/apt/x': '' });
    symlinkSync('lists', join(root, 'var/lib/apt/lists')); // leads to itself
    const { sources } = await firstValueFrom(defaultSources({ root, directory: root, pythonDirectories: [] }));

    expect(sources.map(({ name }) => name)).toEqual(['npm', 'dpkg', 'apt']);
    expect(await Promise.all(sources.map((source) => failureOf(source)))).toMatchObject([
      { name: 'UnreachableError', where: join(root, 'node_modules') },
      { name: 'FormatError', line: 1 },
      { name: 'UnreachableError', where: join(root, 'var/lib/apt/lists') },
    ]);
  });

  it('does nothing until it is subscribed', () => {
    expect(() => defaultSources({ root: '/none' })).not.toThrow();
  });
});
