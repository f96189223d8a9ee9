import { map, NEVER, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { JobMessage } from '../../../lib/contracts/job.ts';
import { engineOf, failuresOf, fakeJobStore, inVirtualTime, lasting, listenTo } from '../../support/work.ts';

/** What went wrong in the work engine of the service broker that this one learnt from, and must not go wrong here. */
describe.each(['perJob', 'perTopic'] as const)('the work engine, unlike its ancestor (%s)', (channels) => {
  it('answers queued, not failed, between the start of a job and its first message', () => {
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf({ channels, maxRunning: 1, store: fakeJobStore([], { latencyMs: () => 5 }) });
      const seen: unknown[] = [];
      engine.start({ topic: 'bind', run: lasting(10) });
      engine.start({ topic: 'provision', run: lasting(10) });
      for (let ms = 0; ms < 40; ms++) at(ms, () => seen.push(engine.lastOperation('t2')?.state));
      flush();
      expect([...new Set(seen)]).toEqual(['queued', 'running', 'succeeded']);
    });
  });

  it('lets a subscriber be late, end at its time limit and beyond it, without harm to anybody', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      const heard = listenTo(engine);
      const failures = failuresOf(engine);
      engine.attach('provision', { id: 'on time', timeoutMs: 10, handle: () => timer(10) });
      engine.attach('provision', { id: 'late', timeoutMs: 10, handle: () => timer(11) });
      engine.start({ topic: 'provision', run: () => [1, 2] });
      flush();
      expect(heard.at(-1)).toBe('t1 succeeded');
      const [, onTime, late] = engine.ledger().subscribers;
      expect(onTime!.stats.succeeded + onTime!.stats.failed).toBe(5);
      expect(late!.stats).toMatchObject({ offered: 5, failed: 5, running: 0 });
      expect(failures.every((words) => words === 'DeliveryError < DeadlineError')).toBe(true);
    });
  });

  it('does not end the process, nor the job, when a subscriber throws', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      engine.attach('provision', {
        id: 'panics',
        handle: () => {
          throw new Error('panic');
        },
      });
      const heard = listenTo(engine);
      engine.start({ topic: 'provision', run: () => [1] });
      flush();
      expect(heard).toEqual(['t1 queued', 't1 running', 't1: 1', 't1 succeeded']);
    });
  });

  it('does not let the second message overlap the first, late as it is, nor an old state overwrite a newer one', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      let state = '';
      let busy = 0;
      const write = (message: JobMessage<number>) => (message.kind === 'state' ? message.operation.state : state);
      engine.attach('provision', {
        id: 'state',
        timeoutMs: 10,
        retry: { retries: 2, delayMs: 5 },
        handle: (message, { attempt, signal }) => {
          expect(++busy).toBe(1);
          signal.addEventListener('abort', () => busy--);
          // The first attempt for each message comes too late, and gives up when it is told to.
          return attempt === 1
            ? NEVER
            : timer(2).pipe(
                map(() => {
                  busy--;
                  state = write(message);
                }),
              );
        },
      });
      engine.start({ topic: 'provision', run: () => [] });
      flush();
      expect(state).toBe('succeeded');
      expect(busy).toBe(0);
    });
  });

  it('ends a run only when the last message was handled', () => {
    inVirtualTime(({ now, flush }) => {
      const engine = engineOf({ channels });
      const handled: number[] = [];
      let endedAt = -1;
      engine.attach('provision', {
        id: 'slow',
        handle: ({ sequence }) => timer(7).pipe(map(() => handled.push(sequence))),
      });
      engine.run({ topic: 'provision', run: () => [1] }).subscribe({
        complete: () => {
          endedAt = now();
          expect(handled).toEqual([1, 2, 3, 4]);
        },
      });
      flush();
      expect(endedAt).toBe(28);
    });
  });

  it('tells the failure of a job under the token of that job', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      const failed: unknown[] = [];
      engine.errors$.subscribe((error) => error.name === 'JobError' && failed.push([error.token, error.topic]));
      for (const token of ['instance', 'binding']) {
        engine.start({
          topic: 'bind',
          token,
          run: () => {
            if (token === 'binding') throw new Error('cleanup failed');
          },
        });
      }
      flush();
      expect(failed).toEqual([['binding', 'bind']]);
      expect(engine.operations().map(({ id, state }) => `${id} ${state}`)).toEqual([
        'instance succeeded',
        'binding failed',
      ]);
    });
  });

  it('recovers jobs that had not begun, and goes on after one that it cannot recover', () => {
    inVirtualTime(({ flush }) => {
      const record = { kind: 'bind', input: null, createTime: 0 };
      const store = fakeJobStore([
        { ...record, token: 'cannot', state: 'running' },
        { ...record, token: 'not yet started', state: 'queued' },
      ]);
      const engine = engineOf({ channels, store });
      engine.recover(({ token }) => (token === 'cannot' ? undefined : { run: () => [1] })).subscribe();
      flush();
      expect(engine.operations().map(({ id, state }) => `${id} ${state}`)).toEqual([
        'cannot failed',
        'not yet started succeeded',
      ]);
    });
  });

  it('counts jobs by state, bindings included, and limits how many are in progress', () => {
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf({ channels, maxRunning: 2 });
      for (const topic of ['bind', 'provision', 'bind']) engine.start({ topic, run: lasting(10) });
      at(5, () => expect(engine.ledger().jobs).toMatchObject({ started: 3, queued: 1, running: 2 }));
      flush();
      expect(engine.ledger().jobs).toMatchObject({ started: 3, queued: 0, running: 0, succeeded: 3 });
    });
  });

  it('takes times as ms: a limit of 1000 is a second', () => {
    const tookMs = inVirtualTime(({ at }) => {
      const engine = engineOf({ channels });
      engine.start({ topic: 'bind', timeoutMs: 1_000, run: () => NEVER });
      at(999, () => expect(engine.lastOperation('t1')?.state).toBe('running'));
      at(1_001, () => expect(engine.lastOperation('t1')?.state).toBe('timedOut'));
    });
    expect(tookMs).toBe(1_001);
  });

  it('keeps the engine alive for thousands of subscribers that come and go', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      for (let i = 0; i < 3_000; i++) engine.attach('bind', { id: `s${i}`, handle: () => {} }).detach();
      engine.start({ topic: 'bind', run: () => [1] });
      flush();
      expect(engine.ledger().subscribers).toEqual([]);
    });
  });
});
