import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryJobStore } from '../../../lib/adapters/memory/memoryJobStore.ts';
import { OptionError } from '../../../operators/errors.ts';
import { record } from '../../support/record.ts';
import { jobRecord } from '../../support/jobRecord.ts';
import { runs } from '../../support/seed.ts';

describe('memoryJobStore', () => {
  it('D11 gives back what was put, whatever it was', () => {
    fc.assert(
      fc.property(fc.uniqueArray(jobRecord, { selector: ({ token }) => token, maxLength: 5 }), (records) => {
        const store = memoryJobStore();
        for (const each of records) expect(record(store.put(each))).toEqual(['complete']);
        expect(record(store.list())).toEqual([...records, 'complete']);
      }),
      runs(),
    );
  });

  it('refuses a record more than it may keep, and still replaces and forgets', () => {
    const store = memoryJobStore({ maxRecords: 1 });
    const [a] = fc.sample(jobRecord, { numRuns: 1, seed: 1 }) as [
      typeof jobRecord extends fc.Arbitrary<infer R> ? R : never,
    ];
    const b = { ...a, token: `${a.token}!` };
    record(store.put(a));
    expect(record(store.put(b))).toMatchObject([{ code: 'overflow', bufferSize: 1 }]);
    expect(record(store.put({ ...a, state: 'failed' }))).toEqual(['complete']);
    record(store.remove(a.token));
    expect(record(store.put(b))).toEqual(['complete']);
  });

  it.each([0, -1, 1.5, NaN])('refuses to keep %s records', (maxRecords) => {
    expect(() => memoryJobStore({ maxRecords })).toThrow(OptionError);
  });
});
