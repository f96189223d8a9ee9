import { map, NEVER, of, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Job } from '../../../lib/contracts/job.ts';
import { StoppedError } from '../../../lib/contracts/jobFailure.ts';
import type { WorkLedger } from '../../../lib/core/work/workEngine.ts';
import { watchedSignal } from '../../../lib/testing/watchedSignal.ts';
import { engineOf, every, fakeJobStore, inVirtualTime, inWords, lasting, listenTo } from '../../support/work.ts';

const never: Job<number> = { topic: 'provision', run: () => NEVER };
const sumOf = ({ succeeded, failed, cancelled, timedOut, rejected }: WorkLedger['jobs']) =>
  succeeded + failed + cancelled + timedOut + rejected;

describe('stop', () => {
  it('W8 lets running jobs end and settle, rejects those that wait, and starts nothing', async () => {
    let ledger: Promise<WorkLedger> | undefined;
    const heard: string[][] = [];
    const tookMs = inVirtualTime(({ at }) => {
      const engine = engineOf({ maxRunning: 1 });
      heard.push(listenTo(engine));
      engine.attach('provision', { id: 'slow', handle: () => timer(10) });
      engine.start({ topic: 'provision', run: lasting(50, 20) });
      engine.start({ topic: 'provision', run: lasting(50) });
      at(15, () => void (ledger = engine.stop()));
      engine.messages$.subscribe({ complete: () => heard.push(['stopped']) });
    });
    expect(heard).toEqual([
      ['t1 queued', 't2 queued', 't1 running', 't2 rejected', 't1: 20', 't1 succeeded'],
      ['stopped'],
    ]);
    expect(tookMs).toBe(60); // no timer was left, not even that of the deadline
    const { jobs, messages, subscribers } = await ledger!;
    expect(jobs).toEqual({
      started: 2,
      queued: 0,
      running: 0,
      succeeded: 1,
      failed: 0,
      cancelled: 0,
      timedOut: 0,
      rejected: 1,
    });
    expect(messages).toEqual({ published: 6, late: 0, dropped: 0 });
    expect(subscribers.map(({ topic, id, stats }) => [topic, id, stats.offered, stats.succeeded])).toEqual([
      ['provision', 'log', 6, 6],
      ['provision', 'slow', 6, 6],
    ]);
  });

  it.each(['perJob', 'perTopic'] as const)('W8 cuts off what is not done by the deadline (%s)', async (channels) => {
    let ledger: Promise<WorkLedger> | undefined;
    let stoppedAt = -1;
    const signals: AbortSignal[] = [];
    const tookMs = inVirtualTime(({ at, now }) => {
      const engine = engineOf({ channels });
      engine.attach('provision', {
        id: 'stuck',
        handle: (_, { signal }) => {
          signals.push(signal);
          return NEVER;
        },
      });
      engine.start({ topic: 'provision', run: ({ signal }) => (signals.push(signal), every(10)) });
      engine.messages$.subscribe({ complete: () => (stoppedAt = now()) });
      at(35, () => void (ledger = engine.stop({ deadlineMs: 100 })));
    });
    expect(stoppedAt).toBe(135);
    expect(tookMs).toBe(135);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    const { jobs, subscribers } = await ledger!;
    expect(jobs).toMatchObject({ started: 1, cancelled: 1 });
    const [{ stats }] = subscribers as [WorkLedger['subscribers'][number]];
    expect(stats.offered).toBe(16); // three states and thirteen messages
    expect(stats.discarded).toBe(16);
    expect(stats.running + stats.waiting).toBe(0);
  });

  it('W8 aborts running jobs at once on request, and lets their ends settle', async () => {
    let ledger: Promise<WorkLedger> | undefined;
    const heard: string[] = [];
    let reason: unknown;
    const tookMs = inVirtualTime(({ at }) => {
      const engine = engineOf();
      engine.attach('provision', {
        id: 'slow',
        handle: (message) => timer(10).pipe(map(() => heard.push(`${message.token} ${message.sequence}`))),
      });
      engine.start({
        topic: 'provision',
        run: ({ signal }) => ((signal.onabort = () => (reason = signal.reason)), NEVER),
      });
      at(50, () => void (ledger = engine.stop({ mode: 'abort' })));
    });
    expect(tookMs).toBe(60);
    expect(heard).toEqual(['t1 1', 't1 2', 't1 3']);
    expect(reason).toEqual(new StoppedError());
    expect((await ledger!).jobs).toMatchObject({ cancelled: 1 });
  });

  it('W8 does not wait longer than the deadline for a store that hangs', async () => {
    let ledger: Promise<WorkLedger> | undefined;
    const store = fakeJobStore([], { latencyMs: () => 1e6 });
    const tookMs = inVirtualTime(({ at }) => {
      const engine = engineOf({ store, storeTimeoutMs: Infinity });
      engine.start({ topic: 'provision', run: () => [1] });
      at(5, () => void (ledger = engine.stop({ deadlineMs: 20 })));
    });
    expect(tookMs).toBe(25);
    expect(store.open()).toBe(0);
    expect((await ledger!).jobs).toMatchObject({ started: 1, rejected: 1 });
  });

  it('W8 is over at once where there is nothing to do', () => {
    expect(
      inVirtualTime(({ at }) => {
        const engine = engineOf();
        engine.start({ topic: 'provision', run: lasting(3) });
        at(10, () => void engine.stop());
      }),
    ).toBe(10);
  });

  it('W8 hands out nothing more when it cuts off what is held behind a job of the same token', () => {
    const handled: string[] = [];
    inVirtualTime(({ at }) => {
      const engine = engineOf();
      engine.attach('provision', { id: 'stuck', handle: (message) => (handled.push(inWords(message)), NEVER) });
      engine.start({ ...never, token: 'mine', run: () => [1] });
      at(5, () => engine.start({ ...never, token: 'mine' }));
      at(10, () => void engine.stop({ deadlineMs: 5 }));
    });
    expect(handled).toEqual(['mine queued']);
  });

  it('W9 gives the same promise to everybody: a job, a subscriber, a signal, and again', async () => {
    const promises: unknown[] = [];
    const controller = new AbortController();
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ signal: controller.signal });
      engine.attach('provision', {
        id: 'stops',
        handle: ({ sequence }) => {
          if (sequence > 1) promises.push(engine.stop({ deadlineMs: 5 }));
        },
      });
      engine.attach('bind', {
        id: 'stops',
        handle: ({ sequence }) => {
          if (sequence > 1) promises.push(engine.stop());
        },
      });
      engine.start({ topic: 'provision', run: () => void promises.push(engine.stop({ mode: 'abort' })) });
      engine.start({ topic: 'bind', run: () => NEVER });
      flush();
      controller.abort();
      promises.push(engine.stop());
    });
    expect(promises.length).toBeGreaterThanOrEqual(5);
    expect(new Set(promises).size).toBe(1);
    expect((await (promises[0] as Promise<WorkLedger>)).jobs).toMatchObject({ started: 2, succeeded: 1, rejected: 1 });
  });

  it('W9 W10 stops by a signal, and lets go of it however it is stopped', async () => {
    const [used, unused] = [watchedSignal(), watchedSignal()];
    let stopped = false;
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf({ signal: used.signal, stop: { mode: 'abort' } });
      engine.start(never);
      engine.messages$.subscribe({ complete: () => (stopped = true) });
      at(5, () => used.abort(undefined));
      const other = engineOf({ signal: unused.signal });
      expect(unused.listeners()).toBe(1);
      flush();
      void other.stop();
    });
    expect(stopped).toBe(true);
    expect([used.listeners(), unused.listeners()]).toEqual([0, 0]);
  });

  it('W11 is stopped from the beginning where the signal was aborted before', async () => {
    const engine = engineOf({ signal: AbortSignal.abort() });
    expect(() => engine.start(never)).toThrow(StoppedError);
    expect((await engine.stop()).jobs.started).toBe(0);
  });

  it('W10 leaves no timer behind: of jobs, subscribers, the store or the memory', () => {
    const tookMs = inVirtualTime(({ at }) => {
      const engine = engineOf({
        retentionMs: 1e6,
        maxRunning: 2,
        store: fakeJobStore([], { latencyMs: (call) => (call.includes('t3') ? 1e6 : 0) }),
        storeTimeoutMs: 1e7,
      });
      engine.attach('provision', {
        id: 'state',
        timeoutMs: 1e6,
        retry: { retries: 9, delayMs: 1e6 },
        watermarks: { high: 1, holdMs: 1e6 },
        handle: ({ sequence }) => {
          if (sequence === 3) throw new Error('no');
          return sequence === 4 ? NEVER : undefined;
        },
      });
      for (let i = 0; i < 4; i++) engine.start({ topic: 'provision', timeoutMs: 1e6, run: () => every(3) });
      engine.start({ topic: 'bind', run: () => [1] });
      at(50, () => void engine.stop({ deadlineMs: 7 }));
    });
    expect(tookMs).toBe(57);
  });

  it('W8 resolves by the deadline at any moment of a run, and every job and message is accounted for', async () => {
    for (let ms = 0; ms <= 40; ms++) {
      for (const deadlineMs of [0, 5, 1_000]) {
        let ledger: Promise<WorkLedger> | undefined;
        const tookMs = inVirtualTime(({ at }) => {
          const engine = engineOf({ maxRunning: 2, channels: ms % 2 ? 'perJob' : 'perTopic' });
          engine.attach('provision', { id: 'a', bufferSize: 2, overflow: 'block', handle: () => timer(3) });
          engine.attach('provision', { id: 'b', bufferSize: 1, overflow: 'dropOldest', handle: () => timer(4) });
          for (let i = 0; i < 5; i++) {
            engine.start({ topic: 'provision', run: i % 2 ? () => [1, 2, 3] : () => every(2, 4) });
          }
          at(ms, () => void (ledger = engine.stop({ deadlineMs })));
        });
        expect(tookMs).toBeLessThanOrEqual(ms + deadlineMs);
        const { jobs, subscribers, messages } = await ledger!;
        expect([jobs.queued, jobs.running, sumOf(jobs)]).toEqual([0, 0, 5]);
        for (const { stats } of subscribers) {
          const { offered, succeeded, failed, dropped, refused, discarded } = stats;
          expect(offered).toBe(messages.published);
          expect(succeeded + failed + dropped + refused + discarded).toBe(offered);
        }
      }
    }
  });

  it('keeps what was known readable', async () => {
    const engine = engineOf();
    engine.start({ topic: 'bind', run: () => of(1) });
    await engine.stop({ deadlineMs: 0 });
    expect(engine.lastOperation('t1')).toMatchObject({ state: 'rejected', error: { code: 'stopped' } });
    expect(engine.cancel('t1')).toBe(false);
  });
});
