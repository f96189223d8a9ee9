import { map, mergeMap, NEVER, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { JobMessage } from '../../../lib/contracts/job.ts';
import { engineOf, every, failuresOf, inVirtualTime, inWords, lasting, listenTo } from '../../support/work.ts';

const isEnd = (message: JobMessage<unknown>) => message.kind === 'state' && message.operation.endTime !== undefined;

describe.each(['perJob', 'perTopic'] as const)('a work engine with channels %s', (channels) => {
  it('attaches any number of subscribers, the same contract under several ids and to several topics', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      const heard: string[] = [];
      const contract = { handle: (message: JobMessage<number>) => void heard.push(inWords(message)) };
      for (const id of ['a', 'b', 'c']) engine.attach('provision', { id, ...contract });
      engine.attach('bind', { id: 'a', ...contract });
      engine.start({ topic: 'provision', run: () => [1] });
      engine.start({ topic: 'bind', run: () => [2] });
      flush();
      expect(heard.filter((words) => words === 't1: 1')).toHaveLength(3);
      expect(heard.filter((words) => words === 't2: 2')).toHaveLength(1);
    });
  });

  it('attaches and detaches while jobs run: a newcomer gets what comes after', () => {
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf({ channels });
      const heard: string[] = [];
      const signals: AbortSignal[] = [];
      engine.start({ topic: 'provision', run: lasting(50, 10, 20, 30, 40) });
      at(15, () => {
        const attachment = engine.attach('provision', {
          id: 'guest',
          handle: (message, { signal }) => {
            heard.push(inWords(message));
            signals.push(signal);
            return timer(7);
          },
        });
        at(20, () => attachment.detach()); // while it handles the second one
        at(20, () => attachment.detach());
      });
      flush();
      expect(heard).toEqual(['t1: 20', 't1: 30']);
      expect(signals.map(({ aborted }) => aborted)).toEqual([false, true]);
      expect(engine.lastOperation('t1')?.state).toBe('succeeded');
      engine.attach('provision', { id: 'guest', handle: () => {} }); // its name is free
    });
  });

  it('detaches from within its own handler', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      let count = 0;
      const attachment = engine.attach('provision', {
        id: 'once',
        handle: () => {
          count++;
          attachment.detach();
        },
      });
      const done: string[] = [];
      engine.run({ topic: 'provision', run: () => [1, 2] }).subscribe(({ state }) => done.push(state));
      flush();
      expect(count).toBe(1);
      expect(done).toEqual(['succeeded']);
    });
  });

  it('W5 keeps the order of a job at every subscriber, whatever its concurrency and its pace', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      const begun = new Map<string, number[]>();
      const busy = new Set<string>();
      engine.attach('provision', {
        id: 'uneven',
        concurrency: 4,
        handle: ({ token, sequence }) => {
          expect(busy.has(token)).toBe(false);
          begun.set(token, [...(begun.get(token) ?? []), sequence]);
          busy.add(token);
          return timer((sequence * 7) % 5).pipe(map(() => busy.delete(token)));
        },
      });
      for (let i = 0; i < 6; i++) engine.start({ topic: 'provision', run: () => of(1, 2, 3, 4, 5, 6, 7) });
      flush();
      for (const sequences of begun.values()) expect(sequences).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(begun.size).toBe(6);
    });
  });

  it('W5 tells of a job after all that was told of an earlier one with its token, late as a subscriber is', () => {
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf({ channels });
      const handled: string[] = [];
      const attachment = engine.attach('provision', {
        id: 'slow',
        handle: (message) => {
          handled.push(inWords(message));
          return timer(10);
        },
      });
      const job = { topic: 'provision', token: 'mine', run: () => [1] };
      engine.start(job);
      at(1, () => engine.start({ ...job, run: () => throwError(() => new Error('no')) }));
      at(2, () => engine.start({ ...job, token: 'other', run: () => [] }));
      at(5, () => attachment.pause());
      at(25, () => attachment.resume());
      flush();
      expect(handled.filter((words) => words.includes('mine'))).toEqual([
        'mine queued',
        'mine running',
        'mine: 1',
        'mine succeeded',
        'mine queued',
        'mine running',
        'mine failed',
      ]);
      expect(attachment.stats()).toMatchObject({ offered: 10, succeeded: 10, waiting: 0, running: 0 });
    });
  });

  it('W7 a noisy job fills its own buffer only: a quiet one is heard within twice its time', () => {
    const latencies = (isNoisy: boolean): readonly number[] => {
      const seen: number[] = [];
      inVirtualTime(({ now }) => {
        const engine = engineOf({ channels });
        engine.attach('provision', {
          id: 'state',
          bufferSize: 8,
          overflow: 'error',
          concurrency: 2,
          handle: (message) => {
            if (message.token === 'quiet' && message.kind === 'message') {
              seen.push(now() - message.message);
            }
            return timer(2);
          },
        });
        if (isNoisy) {
          engine.start({
            topic: 'provision',
            token: 'noisy',
            run: () => every(1, 400).pipe(mergeMap(() => [1, 2, 3, 4, 5])),
          });
        }
        engine.start({
          topic: 'provision',
          token: 'quiet',
          run: () => every(20, 20).pipe(map(() => now())),
        });
      });
      return seen;
    };
    const [alone, beside] = [latencies(false), latencies(true)];
    expect(alone).toHaveLength(20);
    expect(beside).toHaveLength(20);
    const total = (all: readonly number[]) => all.reduce((sum, ms) => sum + ms + 2, 0); // until it is handled
    expect(total(beside)).toBeLessThanOrEqual(2 * total(alone));
  });

  it('W7 a job that is pulled is slowed by a full lane of its own, and loses nothing', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      let pulled = 0;
      let handled = 0;
      let ahead = 0;
      engine.attach('provision', {
        id: 'slow',
        bufferSize: 3,
        overflow: 'block',
        handle: () => {
          ahead = Math.max(ahead, pulled - ++handled);
          return timer(5);
        },
      });
      engine.start({
        topic: 'provision',
        *run() {
          for (; pulled < 40; pulled++) yield pulled;
        },
      });
      flush();
      expect(handled).toBe(43);
      expect(ahead).toBeLessThanOrEqual(6);
    });
  });

  it('T10 a subscriber that is stuck, slow or failing changes nothing for its neighbour', () => {
    const timeline = (hasNeighbours: boolean): readonly string[] => {
      const heard: string[] = [];
      inVirtualTime(({ now }) => {
        const engine = engineOf({ channels, maxRunning: 2 });
        engine.attach('provision', {
          id: 'healthy',
          handle: (message) => void heard.push(`${now()} ${inWords(message)}`),
        });
        if (hasNeighbours) {
          engine.attach('provision', { id: 'stuck', handle: () => NEVER });
          engine.attach('provision', { id: 'slow', handle: () => timer(1_000), overflow: 'dropOldest', bufferSize: 1 });
          engine.attach('provision', {
            id: 'failing',
            handle: () => {
              throw new Error('no');
            },
          });
        }
        for (let i = 0; i < 5; i++) engine.start({ topic: 'provision', run: lasting(20, 5, 10, 15) });
      });
      return heard;
    };
    expect(timeline(true)).toEqual(timeline(false));
    expect(timeline(true).filter((words) => words.endsWith('succeeded'))).toHaveLength(5);
  });

  it('W4 offers every end to every subscriber, also where the lane has no room for it', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      engine.attach('provision', { id: 'tiny', bufferSize: 1, overflow: 'error', handle: () => timer(10) });
      const ends: string[] = [];
      engine.attach('provision', {
        id: 'last',
        bufferSize: 1,
        overflow: 'dropOldest',
        handle: (message) => {
          if (isEnd(message)) ends.push(message.token);
          return timer(10);
        },
      });
      for (let i = 0; i < 3; i++) engine.start({ topic: 'provision', run: () => [1, 2, 3] });
      const failures = failuresOf(engine);
      flush();
      expect(ends.sort()).toEqual(['t1', 't2', 't3']);
      expect(failures.length).toBeGreaterThan(0);
      for (const { stats } of engine.ledger().subscribers) expect(stats.offered).toBe(18);
    });
  });

  it('accounts for every message at every subscriber, over all jobs', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      engine.attach('provision', {
        id: 'mixed',
        bufferSize: 1,
        overflow: 'dropOldest',
        retry: { retries: 1, delayMs: 1 },
        handle: ({ sequence }) => (sequence % 2 ? throwError(() => new Error('odd')) : timer(3)),
      });
      for (let i = 0; i < 4; i++) engine.start({ topic: 'provision', run: () => every(2, 5) });
      flush();
      const [{ stats }] = engine.ledger().subscribers as [ReturnType<typeof engine.ledger>['subscribers'][number]];
      expect(stats.offered).toBe(32);
      expect(stats.succeeded + stats.failed + stats.dropped).toBe(32);
      expect(Math.min(stats.succeeded, stats.failed, stats.dropped, stats.retried)).toBeGreaterThan(0);
    });
  });

  it('puts aside what failed, beyond the end of its job, and handles it again on request', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      const handled: string[] = [];
      let isBroken = true;
      const attachment = engine.attach('provision', {
        id: 'careful',
        onFailure: 'park',
        parkSize: 3,
        handle: (message) => {
          if (isBroken) throw new Error('broken');
          handled.push(inWords(message));
        },
      });
      engine.start({ topic: 'provision', run: () => [1, 2] });
      flush();
      expect(attachment.parked().map(inWords)).toEqual(['t1: 1', 't1: 2', 't1 succeeded']);
      expect(attachment.stats()).toMatchObject({ offered: 5, parked: 3, dropped: 2, succeeded: 0 });

      isBroken = false;
      expect(attachment.redrive()).toBe(3);
      flush();
      expect(handled).toEqual(['t1: 1', 't1: 2', 't1 succeeded']);
      expect(attachment.parked()).toEqual([]);
      expect(attachment.stats()).toMatchObject({ offered: 5, parked: 0, dropped: 2, succeeded: 3 });
    });
  });

  it('pauses and resumes a subscriber over all its lanes, those that come included', () => {
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf({ channels });
      const heard: string[] = [];
      const attachment = engine.attach('provision', { id: 'log', handle: (m) => void heard.push(inWords(m)) });
      engine.start({ topic: 'provision', run: lasting(5) });
      at(1, () => attachment.pause());
      at(2, () => engine.start({ topic: 'provision', run: lasting(5) }));
      at(20, () => {
        expect(heard).toEqual(['t1 queued', 't1 running']);
        expect(attachment.stats()).toMatchObject({ paused: true, waiting: 4 });
        attachment.resume();
      });
      flush();
      expect([...heard].sort()).toEqual(
        ['t1 queued', 't1 running', 't1 succeeded', 't2 queued', 't2 running', 't2 succeeded'].sort(),
      );
    });
  });

  it('ends a subscriber whose contract says so, in all its lanes', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      let calls = 0;
      let ended = false;
      const attachment = engine.attach('provision', {
        id: 'fragile',
        onFailure: 'close',
        handle: ({ token, sequence }) => {
          calls++;
          if (token === 't2' && sequence === 2) throw new Error('enough');
        },
      });
      attachment.ended$.subscribe({ complete: () => (ended = true) });
      for (let i = 0; i < 3; i++) engine.start({ topic: 'provision', run: lasting(10, 5) });
      flush();
      expect(ended).toBe(true);
      expect(calls).toBe(5); // queued three times, running twice
      expect(engine.ledger().subscribers).toEqual([]);
    });
  });

  it('tells the congestion alerts of every lane', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels });
      const alerts: string[] = [];
      const attachment = engine.attach('provision', {
        id: 'slow',
        handle: () => timer(20),
        watermarks: { high: 3, low: 1, holdMs: 5 },
      });
      attachment.alerts$.subscribe(({ kind, topic, subscriber }) => alerts.push(`${kind} ${topic} ${subscriber}`));
      engine.start({ topic: 'provision', run: () => [1, 2, 3, 4] });
      flush();
      expect(alerts).toEqual(['raised provision slow', 'cleared provision slow']);
    });
  });

  it('T3 takes a job that is started by a handler of its own topic, to any depth and without stack', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels, maxRetained: 1 });
      let left = 3_000;
      engine.attach('provision', {
        id: 'chain',
        handle: (message) => {
          if (isEnd(message) && left-- > 0) engine.start({ topic: 'provision', run: () => [left] });
        },
      });
      engine.start({ topic: 'provision', run: () => [0] });
      flush();
      expect(engine.ledger().jobs).toMatchObject({ started: 3_001, succeeded: 3_001 });
    });
  });

  it('T3 cancels every job from within a handler without stack', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels, maxRunning: 5_000, maxQueued: 0 });
      engine.attach('provision', {
        id: 'domino',
        handle: (message) => {
          if (isEnd(message)) engine.cancel(`t${Number(message.token.slice(1)) + 1}`);
        },
      });
      for (let i = 0; i < 5_000; i++) engine.start({ topic: 'provision', run: () => NEVER });
      flush();
      engine.cancel('t1');
      expect(engine.ledger().jobs.cancelled).toBe(5_000);
    });
  });
});

describe('a work engine with channels per job', () => {
  it('W7 does not delay a job by the subscribers of another one at all', () => {
    const ends = (hasOther: boolean): unknown => {
      const heard: string[] = [];
      inVirtualTime(({ now }) => {
        const engine = engineOf({ channels: 'perJob' });
        engine.attach('provision', {
          id: 'one at a time',
          handle: (message) => {
            if (message.token !== 'other') heard.push(`${now()} ${inWords(message)}`);
            return message.token === 'other' ? NEVER : timer(2);
          },
        });
        if (hasOther) engine.start({ topic: 'provision', token: 'other', run: () => every(1, 50) });
        engine.start({ topic: 'provision', token: 'mine', run: () => every(3, 10) });
      });
      return heard;
    };
    expect(ends(true)).toEqual(ends(false));
  });

  it('discards the oldest of too many jobs that are not settled, and says so', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ channels: 'perJob', maxUnsettled: 2 });
      const failures = failuresOf(engine);
      const runs: string[] = [];
      engine.attach('provision', { id: 'stuck', handle: () => NEVER });
      for (let i = 0; i < 5; i++) {
        engine.run({ topic: 'provision', run: lasting(i) }).subscribe(({ id }) => runs.push(id));
      }
      flush();
      expect(failures).toEqual(['UnsettledError', 'UnsettledError', 'UnsettledError']);
      expect(runs).toEqual(['t1', 't2', 't3']);
      expect(engine.ledger().subscribers[0]!.stats).toMatchObject({
        offered: 15,
        running: 2,
        waiting: 4,
        discarded: 9,
      });
    });
  });

  it('does not ask a subscriber that came after the end of a job to settle it', () => {
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf({ channels: 'perJob' });
      engine.attach('provision', { id: 'slow', handle: () => timer(10) });
      engine.start({ topic: 'provision', run: () => [] });
      at(5, () => expect(listenTo(engine)).toEqual([]));
      flush();
      expect(engine.ledger().subscribers.map(({ stats }) => stats.offered)).toEqual([3, 0]);
    });
  });
});
