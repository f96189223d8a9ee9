import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import * as promises from 'node:fs/promises';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fileRegistryStore } from '../../../lib/adapters/file/fileRegistryStore.ts';
import { registryStoreOn } from '../../../lib/adapters/file/registryStoreOn.ts';
import type { WritingFiles } from '../../../lib/adapters/file/registryGenerations.ts';
import type { RegistrySnapshot } from '../../../lib/contracts/registration.ts';
import type { RegistryStore } from '../../../lib/contracts/registryStore.ts';
import { registryStoreLaws } from '../../../lib/testing/registryStoreLaws.ts';
import { snapshotOf } from '../../../lib/testing/registryStoreProbes.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { openFiles } from './support/openFiles.ts';

const save = (store: RegistryStore, snapshot: RegistrySnapshot, revision?: string) =>
  lastValueFrom(store.save(snapshot, revision));
const load = (store: RegistryStore) => lastValueFrom(store.load());
const ids = ({ registrations }: RegistrySnapshot) => registrations.map(({ id }) => id);

/** A folder in which `old` was saved, and then `new`. */
async function savedTwice(): Promise<string> {
  const folder = temporaryFolder();
  const store = fileRegistryStore({ folder });
  await save(store, snapshotOf('new'), await save(store, snapshotOf('old')));
  return folder;
}

/** An error of the operating system. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: so it is, write`), { code, syscall: 'write' });
}

describe('fileRegistryStore', () => {
  const create = () => {
    const folder = temporaryFolder();
    return { open: () => fileRegistryStore({ folder }) };
  };

  for (const law of registryStoreLaws(create)) it(law.name, law.check);

  it('D7 writes beside, flushes, links, removes, and flushes the folder, in that order; for nobody else to read', async () => {
    const folder = join(temporaryFolder(), 'deep', 'registry');
    const calls: string[] = [];
    const noted =
      <A extends unknown[], R>(name: string, call: (...args: A) => R) =>
      (...args: A): R => {
        calls.push(name);
        return call(...args);
      };
    const files: WritingFiles = {
      ...promises,
      open: async (path, flags, mode) => {
        calls.push(`open ${flags} ${mode.toString(8)}`);
        const file = await promises.open(path, flags, mode);
        return {
          write: noted('write', file.write.bind(file)) as typeof file.write,
          sync: noted('sync', () => file.sync()),
          close: noted('close', () => file.close()),
        };
      },
      link: noted('link', promises.link),
      rm: noted('rm', promises.rm),
    };
    await save(registryStoreOn({ folder }, files), snapshotOf('a'));
    expect(calls).toEqual(['open wx 600', 'write', 'write', 'sync', 'close', 'link', 'rm']);
    expect(readdirSync(folder)).toEqual(['registry.1']);
    expect(statSync(join(folder, 'registry.1')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'registry.1')).nlink).toBe(1);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('D7 keeps the state before, and no more; and removes what a crash has left', async () => {
    const folder = temporaryFolder({ 'registry.1.0-0.tmp': 'half', 'notes.txt': 'mine' });
    const store = fileRegistryStore({ folder });
    await load(store);
    let revision: string | undefined;
    for (let i = 0; i < 6; i++) revision = await save(store, snapshotOf(`${i}`), revision);
    expect(readdirSync(folder).sort()).toEqual(['notes.txt', 'registry.5', 'registry.6']);
  });

  it('D8 J9 accepts no state that is cut off, at any byte, takes the one before, and reports it', async () => {
    const folder = await savedTwice();
    const path = join(folder, 'registry.2');
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length++) {
      writeFileSync(path, whole.subarray(0, length));
      const { snapshot, revision, damage } = await load(fileRegistryStore({ folder }));
      expect([length, ids(snapshot), revision, damage?.length]).toEqual([length, ['old'], '2', 1]);
      expect(damage![0]!.message).toContain(path);
    }
    writeFileSync(path, whole);
    expect(await load(fileRegistryStore({ folder }))).toEqual({ snapshot: snapshotOf('new'), revision: '2' });
  });

  it('D8 J9 accepts no state with a bit that is flipped, 2,000 times, takes the one before, and reports it', async () => {
    const folder = await savedTwice();
    const path = join(folder, 'registry.2');
    const whole = readFileSync(path);
    const store = fileRegistryStore({ folder });
    for (let i = 0; i < 2_000; i++) {
      const bit = i < whole.length * 8 ? Math.floor((i * whole.length * 8) / 2_000) : randomInt(whole.length * 8);
      const flipped = Buffer.from(whole);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      writeFileSync(path, flipped);
      const { snapshot, damage } = await load(store);
      expect([bit, ids(snapshot), damage?.length]).toEqual([bit, ['old'], 1]);
    }
  });

  it('D8 refuses what is appended, spliced, of another format, or sealed and not a registry', async () => {
    const folder = await savedTwice();
    const path = join(folder, 'registry.2');
    const [whole, other] = [path, join(folder, 'registry.1')].map((one) => readFileSync(one, 'utf8'));
    const spliced = [...other!.split('\n').slice(0, 2), ...whole!.split('\n').slice(2)].join('\n');
    for (const text of [`${whole!}\n`, `${whole!}${whole!}`, spliced, '{}\n', '\n', 'x'.repeat(10_000), '[1]\n[2]\n']) {
      writeFileSync(path, text);
      expect((await load(fileRegistryStore({ folder }))).damage).toHaveLength(1);
    }
  });

  it('D8 never begins with nothing where nothing is whole, and writes nothing', async () => {
    const folder = await savedTwice();
    for (const name of readdirSync(folder)) truncateSync(join(folder, name), 10);
    const store = fileRegistryStore({ folder });
    await expect(load(store)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('no state in it is whole'),
    });
    await expect(save(store, snapshotOf('x'))).rejects.toMatchObject({ code: 'store_conflict' });
    expect(readdirSync(folder).sort()).toEqual(['registry.1', 'registry.2']);
  });

  it('D8 sets a damaged state aside when another one is saved, and keeps the one that was taken for it', async () => {
    const folder = await savedTwice();
    writeFileSync(join(folder, 'registry.2'), 'damaged');
    const store = fileRegistryStore({ folder });
    const { revision } = await load(store);
    await save(store, snapshotOf('newest'), revision);
    expect(readdirSync(folder).sort()).toEqual(['registry.1', 'registry.3', 'registry.damaged']);
    writeFileSync(join(folder, 'registry.3'), 'damaged');
    expect(ids((await load(fileRegistryStore({ folder }))).snapshot)).toEqual(['old']);
  });

  it('D9 takes no folder for nothing saved, and anything that cannot be read for a failure', async () => {
    const root = temporaryFolder({ file: 'x' });
    expect((await load(fileRegistryStore({ folder: join(root, 'none') }))).revision).toBeUndefined();
    expect(existsSync(join(root, 'none'))).toBe(false);
    await expect(load(fileRegistryStore({ folder: join(root, 'file') }))).rejects.toMatchObject({
      code: 'unreachable',
    });
    for (const code of ['EACCES', 'EIO']) {
      const files = { ...promises, readdir: () => Promise.reject(systemError(code)) };
      await expect(load(registryStoreOn({ folder: root }, files))).rejects.toMatchObject({ code: 'unreachable' });
    }
  });

  it('J9 reads nothing that is larger than it may be, and takes no older state for it', async () => {
    const folder = await savedTwice();
    const store = fileRegistryStore({ folder, maxBytes: 1_000 });
    writeFileSync(join(folder, 'registry.2'), 'x'.repeat(1_001));
    await expect(load(store)).rejects.toMatchObject({ code: 'too_large' });
    const many = snapshotOf(...Array.from({ length: 100 }, (_, i) => `${i}`));
    await expect(save(store, many, '2')).rejects.toMatchObject({ code: 'too_large' });
    expect(readdirSync(folder).sort()).toEqual(['registry.1', 'registry.2']);
  });

  it('J10 follows no link: not for reading, not in place of a state, not in place of what is written beside', async () => {
    const folder = await savedTwice();
    const victim = join(temporaryFolder({ secret: readFileSync(join(folder, 'registry.2')) }), 'secret');
    unlinkSync(join(folder, 'registry.2'));
    symlinkSync(victim, join(folder, 'registry.2'));
    const store = fileRegistryStore({ folder });
    const { snapshot, revision, damage } = await load(store);
    expect([ids(snapshot), damage?.length]).toEqual([['old'], 1]);
    symlinkSync(victim, join(folder, 'registry.3'));
    await expect(save(store, snapshotOf('x'), revision)).rejects.toMatchObject({ code: 'store_conflict' });
    const again = await load(store);
    await save(store, snapshotOf('x'), again.revision);
    expect(readFileSync(victim, 'utf8')).toContain('"id":"new"');
    expect(statSync(victim).nlink).toBe(1);
    expect(ids((await load(fileRegistryStore({ folder }))).snapshot)).toEqual(['x']);
  });

  it('J10 reads no pipe and no folder in place of a state', async () => {
    const folder = await savedTwice();
    unlinkSync(join(folder, 'registry.2'));
    execFileSync('mkfifo', [join(folder, 'registry.2')]);
    mkdirSync(join(folder, 'registry.3'));
    const { snapshot, damage } = await load(fileRegistryStore({ folder }));
    expect([ids(snapshot), damage?.length]).toEqual([['old'], 2]);
  });

  it.each(['open', 'write', 'sync', 'close', 'link'] as const)(
    'D14 fails a save when the disk refuses to %s, for whatever reason, and keeps what it has',
    async (step) => {
      for (const code of ['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'EDQUOT', 'EMFILE']) {
        const folder = await savedTwice();
        let fails = true;
        const failing = async () => {
          if (fails) throw systemError(code);
        };
        const files: WritingFiles = {
          ...promises,
          open: async (path, flags, mode) => {
            if (step === 'open') await failing();
            const file = await promises.open(path, flags, mode);
            return {
              write: (async (data: Uint8Array, from: number) => {
                if (step === 'write') await file.write(data, from, 7).then(failing);
                return file.write(data, from);
              }) as typeof file.write,
              sync: () => (step === 'sync' ? failing() : Promise.resolve()).then(() => file.sync()),
              close: () => file.close().then(() => (step === 'close' ? failing() : undefined)),
            };
          },
          link: (from, to) => (step === 'link' ? failing() : Promise.resolve()).then(() => promises.link(from, to)),
        };
        const store = registryStoreOn({ folder }, files);
        await expect(save(store, snapshotOf('x'), '2')).rejects.toMatchObject({ code: 'unreachable', cause: { code } });
        expect(readdirSync(folder).sort()).toEqual(['registry.1', 'registry.2']);
        fails = false;
        expect(await load(store)).toEqual({ snapshot: snapshotOf('new'), revision: '2' });
        expect(await save(store, snapshotOf('x'), '2')).toBe('3');
        expect(openFiles(folder)).toEqual([]);
      }
    },
  );

  it('has saved what it has saved when older states cannot be removed', async () => {
    const folder = temporaryFolder();
    let names = 0;
    const files: WritingFiles = {
      ...promises,
      readdir: async (path) => {
        if (++names % 3 === 0) throw systemError('EIO');
        return promises.readdir(path);
      },
    };
    expect(await save(registryStoreOn({ folder }, files), snapshotOf('a'))).toBe('1');
  });

  it('is a conflict when another writer takes its file for a leftover, or is two states ahead', async () => {
    const folder = await savedTwice();
    const taken = { ...promises, link: () => Promise.reject(systemError('ENOENT')) };
    await expect(save(registryStoreOn({ folder }, taken), snapshotOf('x'), '2')).rejects.toMatchObject({
      code: 'store_conflict',
    });
    const overtaken: WritingFiles = {
      ...promises,
      link: async (from, to) => {
        linkSync(join(folder, 'registry.2'), join(folder, 'registry.5'));
        await promises.link(from, to);
      },
    };
    await expect(save(registryStoreOn({ folder }, overtaken), snapshotOf('x'), '2')).rejects.toMatchObject({
      code: 'store_conflict',
    });
    expect(ids((await load(fileRegistryStore({ folder }))).snapshot)).toEqual(['new']);
  });

  it('looks again when a state is removed while it is read', async () => {
    const folder = await savedTwice();
    let looks = 0;
    const files: WritingFiles = {
      ...promises,
      readdir: async (path) => (++looks === 1 ? ['registry.9', 'registry.2'] : promises.readdir(path)),
    };
    expect(await load(registryStoreOn({ folder }, files))).toMatchObject({ revision: '2' });
    expect(looks).toBe(2);
  });

  it('D11 keeps the format of a later version that only adds, and refuses one that changes', async () => {
    const folder = temporaryFolder();
    const store = fileRegistryStore({ folder });
    const later = { format: '1.7', colour: 'red', ...snapshotOf('a') };
    await save(store, later);
    expect((await load(store)).snapshot).toEqual(later);
    expect(readFileSync(join(folder, 'registry.1'), 'utf8')).toContain('"format":"1.7"');
    await save(store, { format: '2.0', ...snapshotOf('a') } as RegistrySnapshot, '1');
    expect(readFileSync(join(folder, 'registry.2'), 'utf8')).toContain('"format":"1.0"');
  });

  it('D11 gives back any registry, to a store of the next process', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    const registration = fc.record(
      {
        ...{ id: text, owner: text, manager: text, queue: text, notify: text },
        ...{
          failures: fc.nat(),
          version: fc.maxSafeNat(),
          healthVersion: fc.nat(),
          updateTime: fc.double({ noNaN: true, noDefaultInfinity: true }),
        },
        ...{
          minDepth: fc.nat(),
          minGapMs: fc.nat(),
          quarantinedUntil: fc.double({ noNaN: true, noDefaultInfinity: true }),
          extra: fc.jsonValue(),
        },
      },
      {
        requiredKeys: [
          'id',
          'owner',
          'manager',
          'queue',
          'notify',
          'failures',
          'version',
          'healthVersion',
          'updateTime',
        ],
      },
    );
    const tombstone = fc.record({ id: text, version: fc.nat(), removeTime: fc.integer() });
    const snapshot = fc.record({ registrations: fc.array(registration), tombstones: fc.array(tombstone) });
    const folder = temporaryFolder();
    let revision: string | undefined;
    await fc.assert(
      fc.asyncProperty(snapshot, async (given) => {
        revision = await save(fileRegistryStore({ folder }), given, revision);
        const { snapshot: found } = await load(fileRegistryStore({ folder }));
        expect(JSON.stringify(sorted(found))).toEqual(JSON.stringify(sorted(given)));
      }),
      runs(100),
    );
  });

  it('D5 D6 has what was saved when its process was killed, and nothing that is torn', async () => {
    const folder = temporaryFolder();
    const module = new URL('../../../dist/lib/adapters/file/fileRegistryStore.js', import.meta.url);
    const script = `
      import { fileRegistryStore } from ${JSON.stringify(module.href)};
      const store = fileRegistryStore({ folder: process.argv[1] });
      const one = { owner: 'o', manager: 'm', queue: 'q', notify: 'x'.repeat(200), failures: 0, healthVersion: 0, updateTime: 0 };
      const save = (n, revision) => {
        const registrations = Array.from({ length: 300 }, (_, i) => ({ ...one, id: String(i), version: n }));
        store.save({ registrations, tombstones: [] }, revision).subscribe((next) => process.stdout.write(n + '\\n', () => save(n + 1, next)));
      };
      store.load().subscribe(({ snapshot, revision }) => save((snapshot.registrations[0]?.version ?? 0) + 1, revision));`;
    if (!existsSync(module)) throw new Error('it is not built: npm run build does that, and npm test runs that first');
    for (let round = 0; round < 5; round++) {
      let saved = 0;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child.stdout.on('data', (text: Buffer) => {
        saved = Number(text.toString().trim().split('\n').at(-1));
        setTimeout(() => child.kill('SIGKILL'), randomInt(20));
      });
      await new Promise((resolve) => child.on('close', resolve));
      const { snapshot, damage } = await load(fileRegistryStore({ folder }));
      const versions = new Set(snapshot.registrations.map(({ version }) => version));
      expect([damage, snapshot.registrations.length, versions.size]).toEqual([undefined, 300, 1]);
      expect([saved, saved + 1]).toContain([...versions][0]);
      expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
  });

  it.each([{ folder: '' }, { folder: 'x', maxBytes: 0 }, { folder: 'x', maxBytes: NaN }])('refuses %j', (given) => {
    expect(() => fileRegistryStore(given)).toThrow(OptionError);
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value === 0 ? 0 : value; // JSON knows no -0
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => [key, sorted(part)]);
}
