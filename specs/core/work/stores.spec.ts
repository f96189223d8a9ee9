import { catchError, lastValueFrom, NEVER, of, takeWhile, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fileJobStore } from '../../../lib/adapters/file/fileJobStore.ts';
import { memoryJobStore } from '../../../lib/adapters/memory/memoryJobStore.ts';
import type { Job } from '../../../lib/contracts/job.ts';
import { StoreError } from '../../../lib/contracts/jobFailure.ts';
import type { JobStore } from '../../../lib/contracts/jobStore.ts';
import type { WorkEngine } from '../../../lib/core/work/workEngine.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { engineOf, failuresOf } from '../../support/work.ts';

const ended = (engine: WorkEngine<number>, token: string) => lastValueFrom(engine.operation$(token));
const statesIn = async (store: JobStore) =>
  (await lastValueFrom(store.list().pipe(toArray()))).map(({ token, state }) => `${token} ${state}`).sort();

/** Stores of one kind: each call opens the same records again, as the next process would. */
const kinds: Readonly<Record<string, () => () => JobStore>> = {
  memoryJobStore: () => {
    const store = memoryJobStore();
    return () => store;
  },
  fileJobStore: () => {
    const folder = temporaryFolder();
    return () => fileJobStore({ folder });
  },
};

describe.each(Object.entries(kinds))('a work engine over %s', (_, createKind) => {
  it('W14 keeps each state, and forgets with the operation', async () => {
    const open = createKind();
    const engine = engineOf({ store: open(), maxRetained: 2 });
    for (let i = 0; i < 4; i++) engine.start({ topic: 'bind', run: () => [1, 2] });
    await Promise.all(['t1', 't2', 't3', 't4'].map((token) => ended(engine, token)));
    await engine.stop();
    const remembered = engine.operations().map(({ id, state }) => `${id} ${state}`);
    expect(remembered).toHaveLength(2);
    expect(await statesIn(open())).toEqual(remembered.sort());
  });

  it('starts again under the same token, with the same input, what one process left in progress', async () => {
    const open = createKind();
    const first = engineOf({ store: open(), maxRunning: 2, maxRetained: 0 });
    first.start({ topic: 'provision', input: { plan: ['small', null, 1] }, run: () => NEVER });
    first.start({ topic: 'bind', input: 'text', run: () => [1] });
    first.start({ topic: 'bind', run: () => NEVER });
    first.start({ topic: 'bind', input: 4, run: () => [1] });
    await ended(first, 't2');
    await lastValueFrom(first.operation$('t3').pipe(takeWhile(({ state }) => state !== 'running')), {
      defaultValue: undefined,
    });
    await first.stop({ mode: 'abort' }); // which waits for the store
    expect(await statesIn(open())).toEqual(['t1 running', 't3 running', 't4 queued']);

    const inputs: Record<string, unknown> = {};
    const second = engineOf({ store: open() });
    const job: Pick<Job<number>, 'run'> = { run: ({ token, input }) => void (inputs[token] = input) };
    const { restarted, failed } = await lastValueFrom(second.recover(() => job));
    await Promise.all(restarted.map((token) => ended(second, token)));
    await second.stop();
    expect(failed).toEqual([]);
    expect(inputs['t1']).toEqual({ plan: ['small', null, 1] });
    expect([...restarted].sort()).toEqual(['t1', 't3', 't4']);
    expect((await statesIn(open())).every((words) => words.endsWith('succeeded'))).toBe(true);

    const third = engineOf({ store: open() });
    const { remembered, ...others } = await lastValueFrom(third.recover(() => job));
    expect(others).toEqual({ restarted: [], failed: [] });
    expect([...remembered].sort()).toEqual(['t1', 't3', 't4']);
    expect(third.lastOperation('t1')).toMatchObject({ kind: 'provision', state: 'succeeded' });
    await third.stop();
  });

  it('D12 refuses a job whose input JSON cannot carry: it ends as rejected, and never ran', async () => {
    const open = createKind();
    const engine = engineOf({ store: open() });
    const failures = failuresOf(engine);
    let ran = false;
    engine.start({ topic: 'bind', input: { big: 1n }, run: () => void (ran = true) });
    expect(await ended(engine, 't1')).toMatchObject({ state: 'rejected', error: { code: 'store_failed' } });
    await engine.stop();
    expect(ran).toBe(false);
    expect(failures).toEqual(['StoreError < NotJsonError']);
    expect(await statesIn(open())).toEqual([]);
  });
});

describe('a work engine over a folder with a broken file', () => {
  it('D8 starts again all that can be read, and says what cannot', async () => {
    const folder = temporaryFolder({ 'notes.txt': 'not a record' });
    const first = engineOf({ store: fileJobStore({ folder }) });
    first.start({ topic: 'bind', run: () => [1] });
    await ended(first, 't1');
    await first.stop();

    const engine = engineOf({ store: fileJobStore({ folder }) });
    const told = await lastValueFrom(
      engine
        .recover(() => undefined)
        .pipe(
          catchError((error: unknown) => of(error)),
          toArray<unknown>(),
        ),
    );
    expect(told).toEqual([{ restarted: [], failed: [], remembered: ['t1'] }, expect.any(StoreError)]);
    expect((told[1] as StoreError).cause).toMatchObject({
      code: 'broken_records',
      broken: [{ where: `${folder}/notes.txt` }],
    });
    await engine.stop();
  });
});
