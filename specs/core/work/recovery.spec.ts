import { concat, NEVER, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../lib/contracts/job.ts';
import { StoppedError, StoreError } from '../../../lib/contracts/jobFailure.ts';
import type { JobRecord } from '../../../lib/contracts/jobStore.ts';
import type { WorkLedger } from '../../../lib/core/work/workEngine.ts';
import { record } from '../../support/record.ts';
import { engineOf, failuresOf, fakeJobStore, inVirtualTime, lasting, listenTo } from '../../support/work.ts';

const kept = (
  token: string,
  state: JobRecord['state'],
  createTime: number,
  more: Partial<JobRecord> = {},
): JobRecord => ({
  token,
  kind: 'provision',
  input: { plan: token },
  state,
  createTime,
  ...more,
});
const works: Pick<Job<number>, 'run'> = { run: () => [1] };

describe('a work engine with a store', () => {
  it('writes a job down before it runs, and each state after it', () => {
    inVirtualTime(({ flush, now }) => {
      const store = fakeJobStore([], { latencyMs: () => 5 });
      const engine = engineOf({ store });
      let ranAt = -1;
      engine.start({
        topic: 'provision',
        input: { size: 2 },
        run: () => {
          ranAt = now();
          return lasting(50)();
        },
      });
      expect(engine.lastOperation('t1')?.state).toBe('queued');
      flush();
      expect(ranAt).toBe(5);
      expect(store.calls).toEqual(['put t1 queued', 'put t1 running', 'put t1 succeeded']);
      expect(store.records.get('t1')).toEqual({
        token: 't1',
        kind: 'provision',
        input: { size: 2 },
        state: 'succeeded',
        createTime: 0,
        startTime: 5,
        endTime: 55,
      });
    });
  });

  it('W1 starts jobs in the order they came, though the store has written a later one first', () => {
    inVirtualTime(({ flush, now }) => {
      const engine = engineOf({ store: fakeJobStore([], { latencyMs: (call) => (call.includes('t1') ? 50 : 1) }) });
      const order: string[] = [];
      for (let i = 0; i < 3; i++)
        engine.start({ topic: 'bind', run: ({ token }) => void order.push(`${now()} ${token}`) });
      flush();
      expect(order).toEqual(['50 t1', '50 t2', '50 t3']);
    });
  });

  it('writes the latest state only, where the store is slow', () => {
    inVirtualTime(({ at, flush }) => {
      const store = fakeJobStore([], { latencyMs: () => 100 });
      const engine = engineOf({ store });
      engine.start({ topic: 'provision', run: () => NEVER });
      at(20, () => engine.cancel('t1'));
      flush();
      expect(store.calls).toEqual(['put t1 queued', 'put t1 cancelled']);
      expect(store.records.get('t1')).toMatchObject({ state: 'cancelled', endTime: 20 });
    });
  });

  it('refuses a job that cannot be written down: it ends as rejected, and never ran', () => {
    inVirtualTime(({ flush }) => {
      const store = fakeJobStore([], { fails: (call) => call === 'put t1 queued' });
      const engine = engineOf({ store });
      const [heard, failures] = [listenTo(engine), failuresOf(engine)];
      let ran = false;
      engine.start({ topic: 'provision', run: () => void (ran = true) });
      engine.start({ topic: 'provision', ...works });
      flush();
      expect(ran).toBe(false);
      expect(heard).toEqual(['t1 queued', 't1 rejected', 't2 queued', 't2 running', 't2: 1', 't2 succeeded']);
      expect(engine.lastOperation('t1')?.error?.code).toBe('store_failed');
      expect(failures).toEqual(['StoreError < Error']);
      expect([...store.records.keys()]).toEqual(['t2']);
    });
  });

  it('reports a write that fails later, and goes on', () => {
    inVirtualTime(({ flush }) => {
      const store = fakeJobStore([], { fails: (call) => /put t1 (running|succeeded)/.test(call) });
      const engine = engineOf({ store });
      const failures = failuresOf(engine);
      engine.start({ topic: 'provision', ...works });
      flush();
      expect(engine.lastOperation('t1')?.state).toBe('succeeded');
      expect(failures).toEqual(['StoreError < Error', 'StoreError < Error']);
      expect(store.records.get('t1')?.state).toBe('queued'); // so it is started again after a crash, and not lost
    });
  });

  it('takes a store that hangs, throws or calls back for one that fails', () => {
    inVirtualTime(({ flush }) => {
      const hangs = engineOf({ store: { ...fakeJobStore(), put: () => NEVER }, storeTimeoutMs: 30 });
      const throws = engineOf({
        store: {
          ...fakeJobStore(),
          put: () => {
            throw new Error('no');
          },
        },
      });
      const failures = [failuresOf(hangs), failuresOf(throws)];
      hangs.start({ topic: 'bind', ...works });
      throws.start({ topic: 'bind', ...works });
      const calls = engineOf({
        store: {
          ...fakeJobStore(),
          put: ({ token }) => {
            calls.cancel(token);
            return of();
          },
        },
      });
      calls.start({ topic: 'bind', ...works });
      flush();
      expect(failures).toEqual([['StoreError < DeadlineError'], ['StoreError < Error']]);
      expect(hangs.lastOperation('t1')).toMatchObject({ state: 'rejected', endTime: 30 });
      expect(throws.lastOperation('t1')).toMatchObject({ state: 'rejected', endTime: 0 });
      expect(calls.lastOperation('t1')).toMatchObject({ state: 'cancelled' });
    });
  });

  it('W14 removes a record when its operation is forgotten', () => {
    inVirtualTime(({ flush }) => {
      const store = fakeJobStore();
      const engine = engineOf({ store, retentionMs: 100 });
      engine.start({ topic: 'bind', ...works });
      engine.start({ topic: 'bind', token: 'again', ...works });
      flush();
      expect(store.records.size).toBe(0);
      const few = engineOf({ store, maxRetained: 1 });
      few.start({ topic: 'bind', token: 'again', ...works });
      flush();
      few.start({ topic: 'bind', token: 'again', run: () => NEVER });
      few.start({ topic: 'bind', ...works });
      few.start({ topic: 'bind', ...works });
      flush();
      expect([...store.records.keys()].sort()).toEqual(['again', 't2']);
    });
  });
});

describe('recover', () => {
  it('starts again what was queued or running, under the same tokens, in the order of creation', () => {
    inVirtualTime(({ flush }) => {
      const store = fakeJobStore([
        kept('c', 'queued', 30),
        kept('a', 'running', 10, { startTime: 12 }),
        kept('b', 'queued', 20),
      ]);
      const engine = engineOf({ store, maxRunning: 1, maxQueued: 0 });
      const heard = listenTo(engine);
      const inputs: unknown[] = [];
      const recovered = record(
        engine.recover(() => ({
          run: ({ input }) => {
            inputs.push(input);
            return [1];
          },
        })),
      );
      flush();
      expect(recovered).toEqual([{ restarted: ['a', 'b', 'c'], failed: [], remembered: [] }, 'complete']);
      expect(heard.filter((words) => words.endsWith('succeeded'))).toEqual([
        'a succeeded',
        'b succeeded',
        'c succeeded',
      ]);
      expect(inputs).toEqual([{ plan: 'a' }, { plan: 'b' }, { plan: 'c' }]);
      expect(engine.lastOperation('a')).toMatchObject({ createTime: 10, startTime: 0 });
      expect([...store.records.values()].map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    });
  });

  it('fails, with the reason, what nobody can make again, and that stops no other', () => {
    inVirtualTime(({ flush }) => {
      const store = fakeJobStore([
        kept('unknown', 'running', 1),
        kept('throws', 'queued', 2),
        kept('invalid', 'queued', 3),
        kept('retired', 'running', 4, { kind: 'retired' }),
        kept('fine', 'queued', 5),
      ]);
      const engine = engineOf({ store });
      const [heard, failures] = [listenTo(engine), failuresOf(engine)];
      const recovered = record(
        engine.recover(({ token }) => {
          if (token === 'throws') throw new Error('cannot read it');
          if (token === 'invalid') return { ...works, timeoutMs: -1 };
          return token === 'unknown' ? undefined : works;
        }),
      );
      flush();
      expect(recovered[0]).toEqual({
        restarted: ['fine'],
        failed: ['unknown', 'throws', 'invalid', 'retired'],
        remembered: [],
      });
      for (const token of ['unknown', 'throws', 'invalid', 'retired']) {
        expect(engine.lastOperation(token)).toMatchObject({ state: 'failed', error: { code: 'unrecoverable' } });
        expect(store.records.get(token)).toMatchObject({ state: 'failed', input: { plan: token } });
      }
      expect(heard.filter((words) => words.startsWith('unknown'))).toEqual([
        'unknown queued',
        'unknown running',
        'unknown failed',
      ]);
      expect(heard.at(-1)).toBe('fine succeeded');
      expect(failures).toEqual(Array(4).fill('JobError < UnrecoverableJobError'));
      const { started, failed, succeeded } = engine.ledger().jobs;
      expect([started, failed, succeeded]).toEqual([5, 4, 1]);
    });
  });

  it('remembers what had ended for the rest of its time, and forgets what is older', () => {
    inVirtualTime(({ at, flush }) => {
      const store = fakeJobStore([
        kept('new', 'failed', 1, { startTime: 2, endTime: 90, error: { code: 'x', message: 'y' } }),
        kept('old', 'succeeded', 1, { startTime: 2, endTime: 10 }),
      ]);
      at(100, () => {
        const engine = engineOf({ store, retentionMs: 50 });
        expect(record(engine.recover(() => undefined))[0]).toEqual({ restarted: [], failed: [], remembered: ['new'] });
        expect(engine.lastOperation('new')).toEqual({
          id: 'new',
          kind: 'provision',
          state: 'failed',
          createTime: 1,
          startTime: 2,
          endTime: 90,
          error: { code: 'x', message: 'y' },
        });
        expect([...store.records.keys()]).toEqual(['new']);
        at(41, () => expect(store.records.size).toBe(0));
      });
      flush();
    });
  });

  it('may be asked twice: what lives already is left alone', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ store: fakeJobStore([kept('a', 'queued', 1)]) });
      const twice = [record(engine.recover(() => ({ run: lasting(5) }))), record(engine.recover(() => works))];
      flush();
      expect(twice.map(([recovery]) => recovery)).toMatchObject([{ restarted: ['a'] }, { restarted: [] }]);
      expect(engine.ledger().jobs.started).toBe(1);
    });
  });

  it('W8 starts nothing where the engine is stopped while the store lists', async () => {
    let ran = false;
    const told: unknown[][] = [];
    const store = fakeJobStore([kept('a', 'queued', 1)], { latencyMs: () => 50 });
    let ledger: Promise<WorkLedger> | undefined;
    inVirtualTime(({ at }) => {
      const engine = engineOf({ store });
      told.push(record(engine.recover(() => ({ run: () => void (ran = true) }))));
      at(10, () => void (ledger = engine.stop()));
    });
    expect(ran).toBe(false);
    expect(told).toEqual([[new StoppedError()]]);
    expect((await ledger!).jobs.started).toBe(0);
    expect(store.calls).toEqual(['list']);
  });

  it('W2 W8 takes what is done within jobOf: the engine is stopped, or a job of that token started', async () => {
    const stores = [
      fakeJobStore([kept('a', 'queued', 1), kept('b', 'queued', 2)]),
      fakeJobStore([kept('a', 'queued', 1)]),
    ];
    inVirtualTime(({ flush }) => {
      const [stopped, started] = stores.map((store) => engineOf({ store }));
      const first = record(
        stopped!.recover(() => {
          void stopped!.stop();
          return works;
        }),
      );
      const second = record(
        started!.recover(({ token }) => {
          started!.start({ topic: 'bind', token, run: lasting(5) });
          throw new Error('no');
        }),
      );
      flush();
      const nothing = { restarted: [], failed: [], remembered: [] };
      expect([first, second]).toEqual([
        [nothing, 'complete'],
        [nothing, 'complete'],
      ]);
      expect(started!.operations()).toMatchObject([{ id: 'a', kind: 'bind', state: 'succeeded' }]);
      expect(stopped!.operations()).toEqual([]);
    });
    expect([...stores[0]!.records.values()].map(({ state }) => state)).toEqual(['queued', 'queued']);
  });

  it('errors, and reports, when the store cannot list', () => {
    const engine = engineOf({ store: fakeJobStore([], { fails: (call) => call === 'list' }) });
    const failures = failuresOf(engine);
    const [recovery, error] = record(engine.recover(() => works));
    expect(recovery).toEqual({ restarted: [], failed: [], remembered: [] });
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ action: 'list', code: 'store_failed' });
    expect(failures).toEqual(['StoreError < Error']);
  });

  it('starts again what the store can give, and errors after it, where some records are broken', () => {
    inVirtualTime(({ flush }) => {
      const store = fakeJobStore([kept('a', 'queued', 1), kept('b', 'succeeded', 1, { endTime: 2 })]);
      const broken = new Error('c cannot be read');
      const engine = engineOf({
        store: {
          ...store,
          list: () =>
            concat(
              store.list(),
              throwError(() => broken),
            ),
        },
      });
      const failures = failuresOf(engine);
      const events = record(engine.recover(() => works));
      flush();
      expect(events[0]).toEqual({ restarted: ['a'], failed: [], remembered: ['b'] });
      expect(events[1]).toEqual(new StoreError('list', undefined, { cause: broken }));
      expect(failures).toEqual(['StoreError < Error']);
      expect(engine.lastOperation('a')?.state).toBe('succeeded');
    });
  });

  it('has nothing to do without a store', () => {
    expect(record(engineOf().recover(() => works))).toEqual([
      { restarted: [], failed: [], remembered: [] },
      'complete',
    ]);
  });

  it('a stop is not an end: what it cut off is started again by the next process', async () => {
    const store = fakeJobStore();
    let ledger: Promise<WorkLedger> | undefined;
    inVirtualTime(({ at }) => {
      const engine = engineOf({ store, maxRunning: 1, maxRetained: 0 });
      engine.start({ topic: 'provision', run: () => NEVER });
      engine.start({ topic: 'provision', ...works });
      engine.start({ topic: 'provision', ...works });
      at(10, () => engine.cancel('t3'));
      at(20, () => void (ledger = engine.stop({ deadlineMs: 5 })));
    });
    expect((await ledger!).jobs).toMatchObject({ cancelled: 2, rejected: 1 });
    expect([...store.records.values()].map(({ token, state }) => `${token} ${state}`)).toEqual([
      't1 running',
      't2 queued',
    ]);

    inVirtualTime(({ flush }) => {
      const next = engineOf({ store });
      expect(record(next.recover(() => works))[0]).toMatchObject({ restarted: ['t1', 't2'] });
      flush();
      expect(next.operations().map(({ state }) => state)).toEqual(['succeeded', 'succeeded']);
    });
  });

  it('loses no job at whatever moment the process ends, and starts none again that was told to have ended', () => {
    for (let crashAt = 0; crashAt <= 60; crashAt++) {
      const store = fakeJobStore([], { latencyMs: () => 3 });
      const ended = new Set<string>();
      const crashed = new Map<string, JobRecord>();
      inVirtualTime(({ at }) => {
        const engine = engineOf({ store, maxRunning: 2 });
        for (let i = 0; i < 5; i++) engine.start({ topic: 'bind', run: lasting(10) });
        at(crashAt, () => {
          for (const [token, state] of store.records) crashed.set(token, state);
          for (const [token, { state }] of crashed) if (state === 'succeeded') ended.add(token);
        });
      });
      inVirtualTime(({ flush }) => {
        const ran: string[] = [];
        const next = engineOf({ store: fakeJobStore([...crashed.values()]) });
        next.recover(({ token }) => ({ run: () => void ran.push(token) })).subscribe();
        flush();
        expect([...ran, ...ended].sort()).toEqual([...crashed.keys()].sort());
      });
    }
  });
});
