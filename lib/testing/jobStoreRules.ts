import { firstValueFrom } from 'rxjs';
import type { JobStore } from '../contracts/jobStore.ts';
import { all, chance, done, holds, INPUTS, NOT_JSON, once, recordOf, STATES, TOKENS } from './jobStoreProbes.ts';
import { ensure } from './law.ts';
import { showValue } from './showValue.ts';

/** Rejects when the store, which is empty, breaks it. */
type Rule = (store: JobStore) => Promise<void>;

/** What every job store keeps. */
export const jobStoreRules: Readonly<Record<string, Rule>> = {
  'gives nothing while it is empty': async (store) => {
    ensure((await all(store)).length === 0, 'it is new, and has records');
  },

  'does nothing before it is subscribed to': async (store) => {
    void store.put(recordOf('a'));
    await holds(store, [], 'put was called, and nobody has subscribed');
    await done(store.put(recordOf('a')));
    void store.remove('a');
    await holds(store, [recordOf('a')], 'remove was called, and nobody has subscribed');
  },

  'gives back any record as it was, whatever its token': async (store) => {
    const records = TOKENS.map((token, i) => recordOf(token, { state: STATES[i % STATES.length]!, createTime: i }));
    for (const record of records) await done(store.put(record));
    await holds(store, records, 'records with all sorts of tokens were put');
  },

  'gives back any record as it was, whatever its input': async (store) => {
    const records = INPUTS.map((input, i) => recordOf(String(i), { input }));
    for (const record of records) await done(store.put(record));
    await holds(store, records, 'records with all sorts of inputs were put');
  },

  'gives back times and errors': async (store) => {
    const record = recordOf('a', {
      state: 'failed',
      createTime: 1_700_000_000_000.5,
      startTime: 0,
      endTime: Number.MAX_SAFE_INTEGER,
      error: { code: 'no_luck', message: 'it\nfailed "badly"' },
    });
    await done(store.put(record));
    await holds(store, [record], 'a record with everything was put');
  },

  'replaces a record by one with its token': async (store) => {
    for (const state of STATES) await done(store.put(recordOf('a', { state })));
    await done(store.put(recordOf('b')));
    await holds(store, [recordOf('a', { state: 'timedOut' }), recordOf('b')], 'a record was put in each state');
  },

  'forgets what is removed, once or twice, and nothing else': async (store) => {
    for (const token of TOKENS) await done(store.put(recordOf(token)));
    for (const token of TOKENS.slice(1)) {
      await done(store.remove(token));
      await done(store.remove(token));
    }
    await done(store.remove('never put'));
    await holds(store, [recordOf(TOKENS[0]!)], 'all records but the first were removed');
  },

  'keeps and gives copies': async (store) => {
    const input = { list: [1] };
    await done(store.put(recordOf('a', { input })));
    input.list.push(2);
    const [given] = await all(store);
    (given as { input: { list: number[] } }).input.list.push(3);
    await holds(store, [recordOf('a', { input: { list: [1] } })], 'what was put and what was given has been changed');
  },

  'refuses a record that JSON cannot carry with NotJsonError, and keeps what it had': async (store) => {
    await done(store.put(recordOf('a')));
    for (const input of NOT_JSON) {
      const failure = await done(store.put(recordOf('a', { input }))).catch((error: unknown) => error);
      const code = failure instanceof Error && 'code' in failure ? failure.code : 'none';
      ensure(code === 'not_json', `an input of ${showValue(input)} ended in an error with code ${showValue(code)}`);
    }
    await holds(store, [recordOf('a')], 'only records that JSON cannot carry were put since');
  },

  'takes calls for one token in the order they were subscribed to': async (store) => {
    const latest = recordOf('a', { createTime: 99 });
    const calls = [
      ...Array.from({ length: 10 }, (_, createTime) => store.put(recordOf('a', { createTime }))),
      store.remove('a'),
      store.put(recordOf('a', { createTime: 50 })),
      store.remove('a'),
      store.put(latest),
    ];
    await Promise.all(calls.map(done));
    await holds(store, [latest], 'records were put and removed without waiting, this one last');
  },

  'finishes what was begun, also for nobody': async (store) => {
    const putting = store.put(recordOf('a')).subscribe();
    putting.unsubscribe();
    await done(store.put(recordOf('b')));
    await done(store.put(recordOf('a', { state: 'running' })));
    await holds(
      store,
      [recordOf('a', { state: 'running' }), recordOf('b')],
      'a put was unsubscribed, and another one came',
    );
  },

  'agrees with a map, over any calls that overlap': async (store) => {
    for (let seed = 1; seed <= 5; seed++) {
      const next = chance(seed);
      const model = new Map((await all(store)).map((record) => [record.token, record]));
      const calls: Promise<unknown>[] = [];
      for (let i = 0; i < 40; i++) {
        const token = `t${next(5)}`;
        const kind = next(4);
        if (kind === 0) calls.push(done(store.remove(token)).then(() => undefined));
        else if (kind === 1) calls.push(once(store));
        else calls.push(done(store.put(recordOf(token, { createTime: i }))));
        if (kind === 0) model.delete(token);
        else if (kind > 1) model.set(token, recordOf(token, { createTime: i }));
        if (next(8) === 0) await Promise.all(calls.splice(0));
      }
      await Promise.all(calls);
      await holds(store, [...model.values()], `calls overlapped, seed ${seed}`);
    }
  },

  'can be listed by several at the same time, and by one that leaves': async (store) => {
    for (const token of ['a', 'b', 'c']) await done(store.put(recordOf(token)));
    const [first, left, second] = await Promise.all([all(store), firstValueFrom(store.list()), all(store)]);
    ensure(
      first.length === 3 && second.length === 3,
      `two lists had ${first.length} and ${second.length} of 3 records`,
    );
    ensure(['a', 'b', 'c'].includes(left.token), 'a list that was left gave a record of nobody');
  },
};
