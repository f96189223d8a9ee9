import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import * as t from 'io-ts';
import { fileJobStore } from '../../../lib/adapters/file/fileJobStore.ts';
import { createJobs, type Jobs, type JobsOptions } from '../../../lib/systems/jobs/createJobs.ts';
import { testKinds, testSealer, type TestKinds } from '../../support/jobs.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const started: Jobs[] = [];
afterEach(() => Promise.all(started.splice(0).map((jobs) => jobs.stop({ mode: 'abort', deadlineMs: 1_000 }))));

/** Jobs that are kept in a folder, as those of another process would be. */
function open(folder: string, { kinds }: Pick<TestKinds, 'kinds'>, options: Partial<JobsOptions> = {}): Jobs {
  const jobs = createJobs({ kinds, sealer: testSealer, store: fileJobStore({ folder }), ...options });
  started.push(jobs);
  return jobs;
}
const begin = (jobs: Jobs, kind: string, input: unknown = {}, key?: string) =>
  firstValueFrom(jobs.start({ kind, input, key }));
const at = (jobs: Jobs, token: string, state: string) => expect.poll(() => jobs.get(token)?.state).toBe(state);
const stored = (folder: string, token: string) =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .find((text) => text.includes(token));
/** Until the first process has nothing more to write: the folder is the second one's from then on. */
const keptAsRunning = (folder: string, token: string) =>
  expect.poll(() => stored(folder, token)).toContain('"state":"running"');
/** What a client that follows hears, to the end. */
const heard = async (jobs: Jobs, token: string, lastEventId?: string) => {
  const followed = jobs.follow(token, { lastEventId });
  if (typeof followed === 'string') return followed;
  const events = [];
  for await (const event of followed) events.push(event);
  return events;
};

describe('jobs of an earlier run', () => {
  it('that were in progress run again under their tokens, and those that had ended are as they were', async () => {
    const folder = temporaryFolder();
    const before = testKinds();
    const first = open(folder, before, { maxRunning: 1 });
    const done = await begin(first, 'count', { to: 2 });
    await at(first, done.id, 'succeeded');
    const failed = await begin(first, 'refuse');
    await at(first, failed.id, 'failed');
    const running = await begin(first, 'told', { page: 7 });
    before.tell(running.id).next('half');
    const waiting = await begin(first, 'echo', { page: 8 });
    await expect.poll(() => stored(folder, running.id)).toContain('"state":"running"');
    await expect.poll(() => stored(folder, done.id)).toContain('"state":"succeeded"');
    await expect.poll(() => stored(folder, failed.id)).toContain('"state":"failed"');
    const ends = [done, failed].map(({ id }) => first.get(id));

    const after = testKinds(); // and the first process is no more
    const second = open(folder, after);
    const recovery = await firstValueFrom(second.recover());

    expect(recovery.restarted).toEqual([running.id, waiting.id]);
    expect([done, failed].map(({ id }) => second.get(id))).toEqual(ends);
    expect(second.get(done.id)?.result).toEqual({ n: 2 });
    await at(second, waiting.id, 'succeeded');
    expect(second.get(waiting.id)?.result).toEqual({ page: 8 });
    await at(second, running.id, 'running');
    expect(second.get(running.id)).not.toHaveProperty('lastMessage'); // it has told nothing this time
    after.tell(running.id).complete();
    await at(second, running.id, 'succeeded');
    expect(second.get(running.id)).not.toHaveProperty('result');
    expect(second.get(running.id)?.createTime).toBe(running.createTime);
  });

  it('C3 keep their tenants and Idempotency-Keys', async () => {
    const folder = temporaryFolder();
    const first = open(folder, testKinds());
    const mine = await firstValueFrom(first.start({ kind: 'told', input: { a: 1 }, key: 'k', tenant: 'me' }));
    await keptAsRunning(folder, mine.id);

    const second = open(folder, testKinds());
    await firstValueFrom(second.recover());

    expect(second.get(mine.id, 'me')?.id).toBe(mine.id);
    expect(second.get(mine.id, 'you')).toBeUndefined();
    const again = await firstValueFrom(second.start({ kind: 'told', input: { a: 1 }, key: 'k', tenant: 'me' }));
    expect(again.id).toBe(mine.id);
    await expect(
      firstValueFrom(second.start({ kind: 'told', input: { a: 2 }, key: 'k', tenant: 'me' })),
    ).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  });

  it('that run again have told nothing yet, whatever is kept of what they told before', async () => {
    const folder = temporaryFolder();
    const input = { input: {}, tenant: '', last: '"half"' };
    const record = { token: 'early', kind: 'told', input, state: 'running', createTime: 1, startTime: 2 } as const;
    await lastValueFrom(fileJobStore({ folder }).put(record), { defaultValue: undefined });
    const test = testKinds();

    const jobs = open(folder, test);
    await firstValueFrom(jobs.recover());
    await at(jobs, 'early', 'running');
    const running = jobs.get('early');
    test.tell('early').complete();
    await at(jobs, 'early', 'succeeded');

    expect(running).not.toHaveProperty('lastMessage');
    expect(jobs.get('early')).not.toHaveProperty('result');
  });

  it('C4 are followed anew: what a client had before the crash is reset', async () => {
    const folder = temporaryFolder();
    const first = open(folder, testKinds());
    const { id: token } = await begin(first, 'told');
    const followed = first.follow(token);
    if (typeof followed === 'string') throw new Error(followed);
    const { value } = await followed[Symbol.asyncIterator]().next();
    await keptAsRunning(folder, token);

    const after = testKinds();
    const second = open(folder, after);
    await firstValueFrom(second.recover());
    await at(second, token, 'running');
    after.tell(token).complete();

    expect(await heard(second, token, value.id)).toMatchObject([
      { event: 'reset' },
      { event: 'state' },
      { event: 'state' },
      { event: 'state' },
    ]);
  });

  it('that cannot be made again end as failed: their kind is gone, or does not take their input any more', async () => {
    const folder = temporaryFolder();
    const first = open(folder, testKinds());
    const gone = await begin(first, 'told', { a: 1 });
    const changed = await begin(first, 'deaf', { a: 1 });
    for (const { id } of [gone, changed]) await keptAsRunning(folder, id);
    const { told, deaf, ...others } = testKinds().kinds;

    const second = open(folder, { kinds: { ...others, deaf: { ...deaf!, input: t.string } } });
    const recovery = await firstValueFrom(second.recover());

    expect(recovery.failed.toSorted()).toEqual([gone.id, changed.id].sort());
    for (const { id } of [gone, changed]) {
      await at(second, id, 'failed');
      expect(second.get(id)?.error?.code).toBe('unrecoverable');
    }
    expect(told).toBeDefined();
  });

  it('that cannot be read are reported and stay where they are; the others run', async () => {
    const folder = temporaryFolder();
    const first = open(folder, testKinds());
    const { id } = await begin(first, 'silent');
    await expect.poll(() => stored(folder, id)).toContain('succeeded');
    const broken = join(folder, `${'0'.repeat(64)}.json`);
    writeFileSync(broken, 'half a rec');
    const failures: any[] = [];

    const second = open(folder, testKinds(), { onError: (failure) => failures.push(failure) });
    const error = await lastValueFrom(second.recover().pipe(toArray())).catch((failure: unknown) => failure);

    expect(error).toMatchObject({ code: 'store_failed', cause: { code: 'broken_records' } });
    expect(failures).toHaveLength(1);
    expect(second.get(id)?.state).toBe('succeeded');
    expect(readFileSync(broken, 'utf8')).toBe('half a rec');
  });

  it.each([
    ['nothing', null],
    ['a text', 'x'],
    ['no tenant', { input: 1 }],
    ['a bad key', { input: 1, tenant: '', key: 7 }],
  ])('that another program has kept there, with %s in place of an input, are not shown', async (_, input) => {
    const folder = temporaryFolder();
    const store = fileJobStore({ folder });
    await lastValueFrom(store.put({ token: 'alien', kind: 'silent', input, state: 'running', createTime: 1 }), {
      defaultValue: undefined,
    });

    const jobs = open(folder, testKinds());
    const { failed } = await firstValueFrom(jobs.recover());

    expect(failed).toEqual(['alien']);
    expect(jobs.get('alien')).toBeUndefined();
    expect((await firstValueFrom(jobs.page())).items).toEqual([]);
  });

  it('W8 that were cut off by a stop run again', async () => {
    const folder = temporaryFolder();
    const first = open(folder, testKinds(), { maxRunning: 1 });
    const [running, waiting] = [await begin(first, 'told'), await begin(first, 'echo', { a: 1 })];
    await at(first, running.id, 'running');

    const ledger = await first.stop({ deadlineMs: 50 });
    const second = open(folder, testKinds());
    const { restarted } = await firstValueFrom(second.recover());

    expect(ledger.jobs).toMatchObject({ started: 2, cancelled: 1, rejected: 1, running: 0, queued: 0 });
    expect(restarted).toEqual([running.id, waiting.id]);
  });

  it('W14 leave the folder when they are forgotten', async () => {
    const folder = temporaryFolder();
    const jobs = open(folder, testKinds(), { maxRetained: 3 });
    for (let i = 0; i < 20; i++) {
      const { id } = await begin(jobs, 'count', { to: 2 });
      await at(jobs, id, 'succeeded');
    }

    await expect.poll(() => readdirSync(folder).filter((name) => name.endsWith('.json')).length).toBe(3);
    expect((await firstValueFrom(jobs.page())).items).toHaveLength(3);
  });
});
