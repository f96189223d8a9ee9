import { defer, EMPTY, from, ignoreElements, lastValueFrom, NEVER, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { memoryJobStore } from '../../lib/adapters/memory/memoryJobStore.ts';
import { memoryOutbox, type MemoryTransaction } from '../../lib/adapters/memory/memoryOutbox.ts';
import { memoryRegistryStore } from '../../lib/adapters/memory/memoryRegistryStore.ts';
import { createInbox } from '../../lib/core/messaging/createInbox.ts';
import { StoreConflictError } from '../../lib/contracts/registryStore.ts';
import type { JobRecord } from '../../lib/contracts/jobStore.ts';
import { fakeStore } from '../../lib/testing/fakeStore.ts';
import { inboxLaws } from '../../lib/testing/inboxLaws.ts';
import { jobStoreLaws } from '../../lib/testing/jobStoreLaws.ts';
import { outboxLaws } from '../../lib/testing/outboxLaws.ts';
import { registryStoreLaws } from '../../lib/testing/registryStoreLaws.ts';
import type { Twist } from '../../lib/testing/twist.ts';
import { OverflowError } from '../../operators/errors.ts';
import { marbles } from '../support/marbles.ts';
import { record } from '../support/record.ts';
import { virtually } from '../support/virtually.ts';

const recordOf = (token: string): JobRecord => ({ token, kind: 'k', input: null, state: 'queued', createTime: 1 });
const full = new Error('the disk is full');
const nothing = { registrations: [], tombstones: [] };

describe('fakeStore', () => {
  for (const law of jobStoreLaws(() => fakeStore(memoryJobStore()))) it(`job store: ${law.name}`, law.check);
  for (const law of registryStoreLaws(() => {
    const store = memoryRegistryStore();
    return { open: () => fakeStore(store) };
  }))
    it(`registry store: ${law.name}`, law.check);
  for (const law of inboxLaws(() => ({ inbox: fakeStore(createInbox()) }))) it(`inbox: ${law.name}`, law.check);
  for (const law of outboxLaws(() => {
    const outbox = fakeStore(memoryOutbox());
    const transaction = (work: (transaction: MemoryTransaction) => Promise<void>) =>
      lastValueFrom(
        outbox.transaction((given) => from(work(given)).pipe(ignoreElements())),
        { defaultValue: undefined },
      );
    return { outbox, transaction };
  }))
    it(`outbox: ${law.name}`, law.check);

  it('fails the nth call, however often that is subscribed to', () => {
    const store = fakeStore(memoryJobStore(), {
      put: (call) => (call === 1 ? { kind: 'failing', error: full } : undefined),
    });
    const put$ = store.put(recordOf('a'));
    expect([put$, put$, put$].map(record)).toEqual([['complete'], [full], ['complete']]);
    expect(store.calls).toMatchObject([
      { method: 'put', args: [{ token: 'a' }], outcome: 'succeeded' },
      { method: 'put', outcome: 'failed', error: full },
      { method: 'put', outcome: 'succeeded' },
    ]);
  });

  it('asks its script with what a call is called with, and counts each method for itself', () => {
    const asked: unknown[] = [];
    const store = fakeStore(memoryJobStore(), {
      put: (call, { token }) => void asked.push(['put', call, token]),
      remove: (call, token) => void asked.push(['remove', call, token]),
    });
    record(store.put(recordOf('a')));
    record(store.put(recordOf('b')));
    record(store.remove('a'));
    expect(asked).toEqual([
      ['put', 0, 'a'],
      ['put', 1, 'b'],
      ['remove', 0, 'a'],
    ]);
    expect(record(store.list())).toEqual([recordOf('b'), 'complete']);
  });

  it(
    'is slow, late or silent, and tells an error in place of an answer',
    marbles(({ expectObservable }) => {
      const twists = [
        { kind: 'delayed', delayMs: 2 },
        { kind: 'late', delayMs: 2 },
        { kind: 'lost', error: full },
        { kind: 'failing', error: full, delayMs: 3 },
        { kind: 'hanging' },
      ] as const;
      const port = { read: () => from(['a', 'b']), save: () => EMPTY };
      const store = fakeStore(port, { read: (call) => twists[call] });

      expectObservable(store.read()).toBe('--(ab|)');
      expectObservable(store.read()).toBe('--(ab|)');
      expectObservable(store.read()).toBe('#', undefined, full);
      expectObservable(store.read()).toBe('---#', undefined, full);
      expectObservable(store.read()).toBe('-');
      expectObservable(store.save()).toBe('|');
    }),
  );

  it('makes a call that is late at once, one that is delayed when it is due, and one that fails never', () => {
    const made: string[] = [];
    const twists: readonly Twist[] = [
      { kind: 'late', delayMs: 9 },
      { kind: 'delayed', delayMs: 5 },
      { kind: 'failing', error: full },
      { kind: 'lost', error: full },
      { kind: 'hanging' },
    ];
    virtually((time) => {
      const port = { save: (name: string) => defer(() => (made.push(`${name} ${time.now()}`), EMPTY)) };
      const store = fakeStore(port, { save: (call) => twists[call] });
      for (const { kind } of twists) record(store.save(kind));
    });
    expect(made).toEqual(['late 0', 'lost 0', 'delayed 5']);
  });

  it('lets another writer be faster: a conflict as it is', () => {
    const inner = memoryRegistryStore();
    const store = fakeStore(inner, {
      save: (call, snapshot, revision) => (call === 0 ? void record(inner.save(snapshot, revision)) : undefined),
    });
    expect(record(store.save(nothing, undefined))).toEqual([new StoreConflictError(inner.name)]);
    expect(record(store.save(nothing, '1'))).toEqual(['2', 'complete']);
    expect(store.name).toBe(inner.name);
  });

  it('tells calls that live, and those that were left', () => {
    const store = fakeStore({ wait: () => NEVER });
    const running = store.wait().subscribe();
    expect(store.calls[0]).toMatchObject({ outcome: 'live' });
    running.unsubscribe();
    expect(store.calls[0]).toMatchObject({ outcome: 'cancelled' });
  });

  it('has the state and the methods of a store that is a class', async () => {
    class Counter {
      #count = 0;
      get count() {
        return this.#count;
      }
      add = () => of(++this.#count);
      twice() {
        return of(this.#count * 2);
      }
      plain() {
        return this.#count;
      }
    }
    const store = fakeStore(new Counter());
    await lastValueFrom(store.add());
    expect([store.count, store.plain(), await lastValueFrom(store.twice())]).toEqual([1, 1, 2]);
    expect(store.calls.map(({ method }) => method)).toEqual(['add', 'twice']);
    expect('twice' in store).toBe(true);
  });

  it('writes down so many calls, and no more', () => {
    const store = fakeStore(memoryJobStore(), {}, { bufferSize: 1 });
    record(store.list());
    expect(record(store.list())).toEqual([new OverflowError('fakeStore', 1)]);
    expect(() => fakeStore(memoryJobStore(), {}, { bufferSize: 0.5 })).toThrow('bufferSize');
  });
});
