import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { firstValueFrom, lastValueFrom, toArray, type Observable } from 'rxjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fileJobStore } from '../../../lib/adapters/file/fileJobStore.ts';
import { jobFileName } from '../../../lib/adapters/file/jobFile.ts';
import type { JobRecord, JobStore } from '../../../lib/contracts/jobStore.ts';
import { jobStoreLaws } from '../../../lib/testing/jobStoreLaws.ts';
import { OptionError } from '../../../operators/errors.ts';
import { jobRecord } from '../../support/jobRecord.ts';
import { runs } from '../../support/seed.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { openFiles } from './support/openFiles.ts';

const done = (call$: Observable<never>) => lastValueFrom(call$, { defaultValue: undefined });
const job = (token: string, input: unknown = null): JobRecord => ({
  token,
  kind: 'k',
  input,
  state: 'queued',
  createTime: 1,
});

/** Everything a store lists, and then the error if there was one. */
async function listed(store: JobStore): Promise<any[]> {
  const seen: any[] = [];
  await new Promise<void>((resolve) => {
    store.list().subscribe({
      next: (record) => seen.push(record),
      error: (error: unknown) => {
        seen.push(error);
        resolve();
      },
      complete: resolve,
    });
  });
  return seen;
}

/** A process that puts one record after the other, of seven jobs in turn, and says so each time. */
function putForEver(folder: string) {
  const module = new URL('../../../dist/lib/adapters/file/fileJobStore.js', import.meta.url);
  if (!existsSync(module)) throw new Error('it is not built: npm run build does that, and npm test runs that first');
  const script = `
    import { fileJobStore } from ${JSON.stringify(module.href)};
    const store = fileJobStore({ folder: process.argv[1] });
    const put = (n) =>
      store
        .put({ token: String(n % 7), kind: 'k', input: 'x'.repeat(5_000), state: 'queued', createTime: n })
        .subscribe({ complete: () => process.stdout.write(n + '\\n', () => put(n + 1)) });
    put(0);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

describe('fileJobStore', () => {
  for (const law of jobStoreLaws(() => fileJobStore({ folder: temporaryFolder() }))) it(law.name, law.check);

  it('D11 gives back what was put, whatever it was, to a store of the next process', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(jobRecord, { selector: ({ token }) => token, maxLength: 4 }), async (records) => {
        const folder = join(temporaryFolder(), 'jobs');
        const store = fileJobStore({ folder });
        for (const record of records) await done(store.put(record));
        const found = (await listed(fileJobStore({ folder }))) as readonly JobRecord[];
        expect(records.map((record) => found.find(({ token }) => token === record.token))).toEqual(records);
        expect(found).toHaveLength(records.length);
      }),
      runs(50),
    );
  });

  it('D7 names files after nothing that is in the token, and lets only their owner read them', async () => {
    const folder = join(temporaryFolder(), 'deep', 'jobs');
    const store = fileJobStore({ folder });
    for (const token of ['../../../etc/passwd', 'a', 'A', '\u0000']) await done(store.put(job(token)));
    const names = readdirSync(folder);
    expect(names).toHaveLength(4);
    for (const name of names) {
      expect(name).toMatch(/^[\da-f]{64}\.json$/);
      expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    }
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('D9 takes a folder that is not there for no jobs, and one that cannot be read for a failure', async () => {
    const root = temporaryFolder({ file: 'x' });
    expect(await listed(fileJobStore({ folder: join(root, 'none') }))).toEqual([]);
    expect(existsSync(join(root, 'none'))).toBe(false);
    expect(await listed(fileJobStore({ folder: join(root, 'file') }))).toEqual([]); // there is no such folder either
    const [failure] = await done(fileJobStore({ folder: join(root, 'file') }).put(job('a'))).then(
      () => [],
      (error: unknown) => [error],
    );
    expect(failure).toMatchObject({ code: 'unreachable' });
  });

  it('D8 J9 reports what is broken with path and reason, gives the others first, and leaves all where it is', async () => {
    const folder = temporaryFolder();
    const store = fileJobStore({ folder, maxBytes: 2_000 });
    for (const token of ['fine', 'empty', 'cut', 'flipped', 'version', 'swapped', 'large', 'state'])
      await done(store.put(job(token, 'input')));
    const pathOf = (token: string) => join(folder, jobFileName(token));
    const change = (token: string, by: (text: string) => string) =>
      writeFileSync(pathOf(token), by(readFileSync(pathOf(token), 'utf8')));
    change('empty', () => '');
    change('cut', (text) => text.slice(0, -20));
    change('flipped', (text) => text.replace('"input"', '"inpuu"').replace('input', 'inpus'));
    change('version', (text) => text.replace('"version":1', '"version":2'));
    change('swapped', () => readFileSync(pathOf('fine'), 'utf8'));
    change('large', (text) => text.padEnd(2_001));
    change('state', (text) => text.replace('queued', 'queuet'));
    writeFileSync(join(folder, 'notes.json'), '{}');
    mkdirSync(pathOf('directory'));
    symlinkSync(pathOf('fine'), pathOf('link'));
    const before = readdirSync(folder).sort();

    const seen = await listed(store);
    const { broken, ...error } = seen.pop();

    expect(seen).toEqual([job('fine', 'input')]);
    expect(error).toMatchObject({ name: 'BrokenRecordsError', code: 'broken_records' });
    const reasons = Object.fromEntries(
      broken.map(({ where, reason }: any) => [where.slice(folder.length + 1), reason]),
    );
    expect(Object.keys(reasons).sort()).toEqual(before.filter((name) => name !== jobFileName('fine')));
    expect(reasons[jobFileName('empty')]).toContain('it is empty');
    expect(reasons[jobFileName('cut')]).toContain('it is not JSON');
    expect(reasons[jobFileName('swapped')]).toContain('it holds the record of another job');
    expect(reasons[jobFileName('version')]).toContain('/version must be 1');
    expect(reasons[jobFileName('large')]).toContain('larger than 2000 bytes');
    expect(reasons[jobFileName('link')]).toContain('symbolic link');
    expect(reasons[jobFileName('directory')]).toContain('it is not a file');
    expect(reasons['notes.json']).toContain('its name is not that of a record');
    expect(readdirSync(folder).sort()).toEqual(before);
    expect(openFiles(folder)).toEqual([]);
  });

  it('D8 notices every flipped bit', async () => {
    const folder = temporaryFolder();
    const store = fileJobStore({ folder });
    await done(store.put(job('a', { n: 1 })));
    const path = join(folder, jobFileName('a'));
    const intact = readFileSync(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(intact.length - 2), fc.nat(7), async (at, bit) => {
        const flipped = Buffer.from(intact);
        flipped[at]! ^= 1 << bit;
        writeFileSync(path, flipped);
        const seen = await listed(store);
        const [first] = seen;
        // A blank that is another blank changes nothing that was written.
        if (first.code === undefined) expect(seen).toEqual([job('a', { n: 1 })]);
        else expect(first.broken).toHaveLength(1);
      }),
      runs(200),
    );
  });

  it('J10 replaces a symbolic link, in place of a record or of what is written beside it, and never writes through it', async () => {
    const folder = temporaryFolder({ 'victim/secret': 'untouched' });
    const jobs = join(folder, 'jobs');
    const victim = join(folder, 'victim/secret');
    const store = fileJobStore({ folder: jobs });
    await done(store.put(job('a')));
    for (const name of [jobFileName('b'), `${jobFileName('b')}.tmp`]) symlinkSync(victim, join(jobs, name));

    await done(store.put(job('b')));

    expect(readFileSync(victim, 'utf8')).toBe('untouched');
    expect((await listed(store)).map(({ token }) => token).sort()).toEqual(['a', 'b']);
    expect(readdirSync(jobs)).toHaveLength(2);
  });

  it('D7 removes what a crash has left beside a record, and takes it for no record', async () => {
    const folder = temporaryFolder({ [`${jobFileName('a')}.tmp`]: '{"version":1,"dig' });
    const store = fileJobStore({ folder });
    expect(await listed(store)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a record that is too large, and keeps the one before', async () => {
    const store = fileJobStore({ folder: temporaryFolder(), maxBytes: 1_000 });
    await done(store.put(job('a')));
    await expect(done(store.put(job('a', 'x'.repeat(1_000))))).rejects.toMatchObject({ code: 'too_large' });
    expect(await listed(store)).toEqual([job('a')]);
  });

  it('D14 fails a put that the disk does not take, and keeps the record before', async () => {
    const folder = temporaryFolder();
    const store = fileJobStore({ folder });
    await done(store.put(job('a', 1)));
    const path = join(folder, `${jobFileName('a')}.tmp`);
    mkdirSync(join(path, 'full'), { recursive: true }); // cannot be removed as a file can
    await expect(done(store.put(job('a', 2)))).rejects.toMatchObject({ code: 'unreachable' });
    expect(readFileSync(join(folder, jobFileName('a')), 'utf8')).toContain('"input":1');
    expect(openFiles(folder)).toEqual([]);
  });

  it('X3 leaves no file open, wherever it is left', async () => {
    const folder = temporaryFolder();
    const store = fileJobStore({ folder });
    const records = Array.from({ length: 20 }, (_, i) => job(String(i)));
    const subscriptions = records.map((record) => store.put(record).subscribe());
    for (const subscription of subscriptions) subscription.unsubscribe();
    await firstValueFrom(store.put(job('last')), { defaultValue: undefined });
    for (let i = 0; i < 5; i++) store.list().subscribe().unsubscribe();
    await Promise.all(records.map(({ token }) => done(store.remove(token))));
    await firstValueFrom(store.list().pipe(toArray()));
    expect(openFiles(folder)).toEqual([]);
  });

  it('D5 D6 has every record that was put when its process was killed, and none that is torn', async () => {
    const folder = temporaryFolder();
    const child = putForEver(folder);
    const acknowledged: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged.push(Number(line));
      if (acknowledged.length === 60) child.kill('SIGKILL');
    }
    const records = await listed(fileJobStore({ folder }));

    expect(records).toHaveLength(7);
    for (const { token, createTime, input } of records) {
      const last = acknowledged.findLast((n) => n % 7 === Number(token))!;
      expect([last, last + 7]).toContain(createTime); // the one that was being put may be there, too
      expect(input).toHaveLength(5_000);
    }
  });

  it.each([{ folder: '' }, { folder: 'x', maxBytes: 0 }, { folder: 'x', maxBytes: NaN }])('refuses %j', (options) => {
    expect(() => fileJobStore(options)).toThrow(OptionError);
  });
});
