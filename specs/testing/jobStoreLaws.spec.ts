import { concat, defer, EMPTY, from, ignoreElements, mergeMap, of, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { memoryJobStore } from '../../lib/adapters/memory/memoryJobStore.ts';
import type { JobRecord, JobStore } from '../../lib/contracts/jobStore.ts';
import { jobStoreLaws } from '../../lib/testing/jobStoreLaws.ts';

/** The laws that a store breaks. */
async function broken(change: (store: JobStore) => Partial<JobStore>): Promise<readonly string[]> {
  const create = () => {
    const store = memoryJobStore();
    return { ...store, ...change(store) };
  };
  const results = await Promise.all(
    jobStoreLaws(create).map(async ({ name, check }) => ({
      name,
      fine: await Promise.resolve(check()).then(
        () => true,
        () => false,
      ),
    })),
  );
  return results.filter(({ fine }) => !fine).map(({ name }) => name);
}

describe('jobStoreLaws', () => {
  for (const law of jobStoreLaws(() => memoryJobStore())) it(`memoryJobStore: ${law.name}`, law.check);

  it.each<[string, (store: JobStore) => Partial<JobStore>, RegExp]>([
    ['forgets everything', () => ({ list: () => EMPTY }), /gives back any record as it was/],
    [
      'starts at the call',
      (store) => ({ put: (record) => (store.put(record).subscribe({ error: () => {} }), EMPTY) }),
      /before it is subscribed/,
    ],
    ['removes nothing', () => ({ remove: () => EMPTY }), /forgets what is removed/],
    [
      'removes all',
      (store) => ({
        remove: () => store.list().pipe(mergeMap(({ token }) => store.remove(token))),
      }),
      /nothing else/,
    ],
    ['lists twice', (store) => ({ list: () => concat(store.list(), store.list()) }), /agrees with a map/],
    [
      'loses what JSON cannot carry',
      (store) => ({ put: (record) => (typeof record.input === 'bigint' ? EMPTY : store.put(record)) }),
      /refuses a record/,
    ],
    [
      'is slow to put',
      (store) => ({
        put: (record) => concat(timer(record.createTime === 50 ? 5 : 0).pipe(ignoreElements()), store.put(record)),
      }),
      /in the order they were subscribed to/,
    ],
    [
      'trims tokens',
      (store) => ({ put: (record) => store.put({ ...record, token: record.token.trim() }) }),
      /whatever its token/,
    ],
  ])('finds a store that %s', async (_, change, law) => {
    expect((await broken(change)).join('; ')).toMatch(law);
  });

  it('finds a store that gives what it holds', async () => {
    const records = new Map<string, JobRecord>();
    const create = (): Partial<JobStore> => {
      records.clear();
      return {
        put: (record) => defer(() => (records.set(record.token, record), EMPTY)),
        list: () => defer(() => from([...records.values()])),
        remove: (token) => defer(() => (records.delete(token), of())),
      };
    };
    expect(await broken(create)).toContain('keeps and gives copies');
  });
});
