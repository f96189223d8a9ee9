import { concat, filter, finalize, firstValueFrom, from, NEVER, of, Subject, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { UnknownTopicError } from '../../../lib/contracts/deliveryFailure.ts';
import type { Job, JobMessage } from '../../../lib/contracts/job.ts';
import {
  DuplicateTokenError,
  JobTimeoutError,
  MessageLimitError,
  QueueFullError,
  StoppedError,
  UnknownJobError,
} from '../../../lib/contracts/jobFailure.ts';
import { createWorkEngine } from '../../../lib/core/work/createWorkEngine.ts';
import { OptionError, OverflowError } from '../../../operators/errors.ts';
import { record } from '../../support/record.ts';
import { engineOf, failuresOf, inVirtualTime, inWords, lasting, listenTo } from '../../support/work.ts';

const never: Job<number> = { topic: 'provision', run: () => NEVER };

describe('a work engine', () => {
  it('tells every subscriber of the topic how a job goes, and nobody else', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf();
      const [first, second, other] = [listenTo(engine), listenTo(engine, 'provision', 'too'), listenTo(engine, 'bind')];

      const token = engine.start({ topic: 'provision', run: lasting(9, 3, 6) });
      flush();

      expect(token).toBe('t1');
      expect(first).toEqual(['t1 queued', 't1 running', 't1: 3', 't1: 6', 't1 succeeded']);
      expect(second).toEqual(first);
      expect(other).toEqual([]);
    });
  });

  it('gives the token before the job runs', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf();
      const order: string[] = [];
      engine.start({ topic: 'provision', run: () => void order.push('runs') });
      order.push('started');
      flush();
      expect(order).toEqual(['started', 'runs']);
    });
  });

  it('numbers the messages of a job, and says when it was created, started and ended', () => {
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf({ maxRunning: 1 });
      const messages: JobMessage<number>[] = [];
      engine.messages$.subscribe((message) => messages.push(message));
      engine.start({ topic: 'bind', run: lasting(10) });
      at(4, () => engine.start({ topic: 'bind', run: lasting(5, 2) }));
      flush();

      const second = messages.filter(({ token }) => token === 't2');
      expect(second.map(({ sequence, topic }) => `${topic} ${sequence}`)).toEqual([
        'bind 1',
        'bind 2',
        'bind 3',
        'bind 4',
      ]);
      expect(engine.lastOperation('t2')).toEqual({
        id: 't2',
        kind: 'bind',
        state: 'succeeded',
        createTime: 4,
        startTime: 10,
        endTime: 15,
      });
    });
  });

  it('tells the same message to all: it is frozen, and no subscriber changes what its neighbour sees', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf<{ plan: { size: number } }>();
      const seen: unknown[] = [];
      const handle = (message: JobMessage<{ plan: { size: number } }>) => {
        if (message.kind === 'message') message.message.plan.size = 2;
      };
      engine.attach('provision', { id: 'mutates', handle });
      engine.attach('provision', {
        id: 'sees',
        handle: (message) => {
          if (message.kind === 'message') seen.push(message.message.plan.size);
        },
      });
      const failures = failuresOf(engine);
      engine.start({ topic: 'provision', run: () => [{ plan: { size: 1 } }] });
      flush();

      expect(seen).toEqual([1]);
      expect(failures).toEqual(['DeliveryError < TypeError']);
    });
  });

  it('runs a job for its observer until every message of it is settled', () => {
    inVirtualTime(({ now, flush }) => {
      const engine = engineOf();
      engine.attach('provision', { id: 'slow', handle: () => timer(10) });
      const events: unknown[] = [];
      engine.run({ topic: 'provision', run: () => of(1, 2) }).subscribe({
        next: ({ state }) => events.push([now(), state]),
        complete: () => events.push([now(), 'complete']),
      });
      flush();

      expect(engine.lastOperation('t1')?.endTime).toBe(0);
      expect(events).toEqual([
        [50, 'succeeded'],
        [50, 'complete'],
      ]);
    });
  });

  it('runs a job once per observer, and cancels it with the observer', () => {
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf();
      const run$ = engine.run(never);
      expect(engine.operations()).toEqual([]);
      const [first] = [run$.subscribe(), run$.subscribe()];
      at(5, () => first.unsubscribe());
      flush();
      expect(engine.operations().map(({ id, state }) => `${id} ${state}`)).toEqual(['t1 cancelled', 't2 running']);
    });
  });

  it('errors an observer with what start throws', () => {
    const engine = engineOf();
    expect(record(engine.run({ topic: 'fly', run: () => [] }))).toEqual([
      new UnknownTopicError('fly', ['provision', 'bind']),
    ]);
  });

  it('hands the input over, and aborts the signal of a job that did not succeed', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf();
      const signals: AbortSignal[] = [];
      const inputs: unknown[] = [];
      const keep =
        (end: Job<number>['run']): Job<number>['run'] =>
        (context) => {
          signals.push(context.signal);
          inputs.push(context.input);
          return end(context);
        };
      const input = { size: 1 };
      engine.start({ topic: 'bind', input, run: keep(() => [1]) });
      engine.start({ topic: 'bind', run: keep(() => throwError(() => new Error('no'))) });
      engine.start({ topic: 'bind', timeoutMs: 5, run: keep(() => NEVER) });
      flush();
      expect(inputs[0]).toBe(input);
      expect(signals.map(({ aborted }) => aborted)).toEqual([false, true, true]);
      expect(signals[2]!.reason).toEqual(new JobTimeoutError(5));
    });
  });

  it('W1 runs no more jobs than it may, and starts the others in the order they came', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ maxRunning: 2 });
      const order: string[] = [];
      let running = 0;
      let most = 0;
      for (const ms of [9, 3, 5, 1, 1]) {
        engine.start({
          topic: 'provision',
          run: ({ token }) => {
            order.push(token);
            most = Math.max(most, ++running);
            return timer(ms).pipe(finalize(() => running--));
          },
        });
      }
      flush();
      expect(order).toEqual(['t1', 't2', 't3', 't4', 't5']);
      expect(most).toBe(2);
      expect(engine.ledger().jobs).toMatchObject({ started: 5, succeeded: 5, running: 0, queued: 0 });
    });
  });

  it('W1 lets the next one start when a job has left, not while it still runs', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ maxRunning: 1 });
      const events: string[] = [];
      const run: Job<number>['run'] = ({ token }) => {
        events.push(`${token} begins`);
        return concat(of(1), timer(5)).pipe(finalize(() => events.push(`${token} torn down`)));
      };
      engine.messages$.subscribe((message) => message.sequence > 2 && events.push(inWords(message)));
      engine.start({ topic: 'bind', run });
      engine.start({ topic: 'bind', run });
      flush();
      expect(events.slice(0, 6)).toEqual(['t1 begins', 't1: 1', 't1: 0', 't1 torn down', 't1 succeeded', 't2 begins']);
    });
  });

  it('W2 refuses a token while a job of that token lives, and nothing is changed by it', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf();
      const heard = listenTo(engine);
      const job = { topic: 'provision', token: 'mine', run: lasting(5) };
      expect(engine.start(job)).toBe('mine');
      expect(() => engine.start(job)).toThrow(DuplicateTokenError);
      expect(() => engine.start({ ...never, token: 'mine', topic: 'bind' })).toThrow(DuplicateTokenError);
      flush();
      expect(heard).toEqual(['mine queued', 'mine running', 'mine succeeded']);
      expect(engine.ledger().jobs.started).toBe(1);
    });
  });

  it('W2 says that the token is taken, also when there is no room either', () => {
    const engine = engineOf({ maxRunning: 1, maxQueued: 0 });
    engine.start({ ...never, token: 'mine' });
    expect(() => engine.start({ ...never, token: 'mine' })).toThrow(DuplicateTokenError);
    expect(() => engine.start({ ...never, token: 'other' })).toThrow(QueueFullError);
  });

  it('W2 takes a token again when its job has ended, and remembers the later one', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf();
      engine.start({ topic: 'provision', token: 'mine', run: () => throwError(() => new Error('first')) });
      flush();
      expect(engine.lastOperation('mine')?.state).toBe('failed');
      engine.start({ topic: 'bind', token: 'mine', run: lasting(5) });
      expect(engine.lastOperation('mine')?.state).toBe('queued');
      flush();
      expect(engine.operations()).toMatchObject([{ id: 'mine', kind: 'bind', state: 'succeeded' }]);
    });
  });

  it('W3 a job that waits may be cancelled, and never ran', () => {
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf({ maxRunning: 1 });
      const heard = listenTo(engine);
      let ran = false;
      engine.start({ topic: 'bind', run: lasting(10) });
      engine.start({ topic: 'provision', run: () => void (ran = true) });
      at(5, () => expect(engine.cancel('t2')).toBe(true));
      flush();
      expect(heard).toEqual(['t2 queued', 't2 cancelled']);
      expect(ran).toBe(false);
      expect(engine.lastOperation('t2')).toEqual({
        id: 't2',
        kind: 'provision',
        state: 'cancelled',
        createTime: 0,
        endTime: 5,
      });
    });
  });

  it('W3 tells the states of a job to whoever follows it, each once', () => {
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf();
      engine.start({ topic: 'provision', run: lasting(10) });
      const [early, late]: string[][] = [[], []];
      engine.operation$('t1').subscribe({ next: ({ state }) => early!.push(state), complete: () => early!.push('|') });
      at(5, () => engine.operation$('t1').subscribe(({ state }) => late!.push(state)));
      flush();
      const after = record(engine.operation$('t1'));
      expect(early).toEqual(['queued', 'running', 'succeeded', '|']);
      expect(late).toEqual(['running', 'succeeded']);
      expect(after).toEqual([engine.lastOperation('t1'), 'complete']);
      expect(record(engine.operation$('t2'))).toEqual([new UnknownJobError('t2')]);
    });
  });

  it('W3 tells the states in order though a subscriber cancels the job when it hears that it runs', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf();
      const [heard, followed]: string[][] = [[], []];
      let ran = false;
      engine.attach('provision', {
        id: 'impatient',
        handle: (message) => {
          heard!.push(inWords(message));
          if (message.kind === 'state' && message.operation.state === 'running') engine.cancel(message.token);
        },
      });
      engine.start({ topic: 'provision', run: () => void (ran = true) });
      engine.operation$('t1').subscribe(({ state }) => followed!.push(state));
      flush();
      expect(heard).toEqual(['t1 queued', 't1 running', 't1 cancelled']);
      expect(followed).toEqual(['queued', 'running', 'cancelled']);
      expect(ran).toBe(false);
    });
  });

  it('W4 offers the end of a job to every subscriber before the job leaves', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ maxRunning: 1 });
      const facts: unknown[] = [];
      const handle = (message: JobMessage<number>) => {
        if (message.kind !== 'state' || message.operation.state !== 'succeeded') return;
        // It lives: its token cannot be used, and its place is not free.
        try {
          engine.start({ ...never, token: message.token });
          facts.push('taken');
        } catch (error) {
          facts.push((error as Error).name);
        }
        facts.push(engine.lastOperation('t2')?.state);
      };
      for (const id of ['first', 'last']) engine.attach('provision', { id, handle });
      engine.start({ topic: 'provision', run: () => [1] });
      engine.start({ topic: 'bind', run: () => NEVER });
      flush();
      expect(facts).toEqual(['DuplicateTokenError', 'queued', 'DuplicateTokenError', 'queued']);
      expect(engine.lastOperation('t2')?.state).toBe('running');
    });
  });

  it('W6 a job ends once, however it ends', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf();
      const heard = listenTo(engine);
      const failures = failuresOf(engine);
      const jobs: Omit<Job<number>, 'topic'>[] = [
        {
          run: () => {
            throw new Error('throws');
          },
        },
        { run: () => throwError(() => 'no error') },
        {
          run: () => {
            throw undefined;
          },
        },
        { run: () => new Subject<number>(), timeoutMs: 5 },
        { run: ({ token }) => void engine.cancel(token) },
        {
          run: ({ token }) => {
            engine.cancel(token);
            throw new Error('after its end');
          },
        },
        { run: () => undefined },
        { run: () => [1, undefined, 2] },
        { run: () => 5 as never },
      ];
      for (const job of jobs) engine.start({ topic: 'provision', ...job });
      flush();
      const ends = heard.filter((words) => /succeeded|failed|cancelled|timedOut|rejected/.test(words));
      expect(ends.sort()).toEqual([
        't1 failed',
        't2 failed',
        't3 failed',
        't4 timedOut',
        't5 cancelled',
        't6 cancelled',
        't7 succeeded',
        't8 succeeded',
        't9 failed',
      ]);
      expect(heard.filter((words) => words.startsWith('t8:'))).toEqual(['t8: 1', 't8: 2']);
      expect(failures).toEqual([
        'JobError < Error',
        'JobError',
        'JobError',
        'JobError < TypeError',
        'JobError < JobTimeoutError',
      ]);
    });
  });

  it('W6 says why a job did not succeed', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf();
      class Unfit extends Error {
        readonly code = 'unfit';
      }
      const evil = new Error();
      Object.defineProperty(evil, 'message', {
        get: () => {
          throw new Error('again');
        },
      });
      for (const cause of [new Unfit('too small'), new Error('plain'), 'a text', evil]) {
        engine.start({ topic: 'provision', run: () => throwError(() => cause) });
      }
      engine.start({ ...never, timeoutMs: 7 });
      flush();
      expect(engine.operations().map(({ error }) => error)).toEqual([
        { code: 'unfit', message: 'too small' },
        { code: 'job_failed', message: 'plain' },
        { code: 'job_failed', message: 'a text' },
        { code: 'job_failed', message: 'something that cannot be told in words' },
        { code: 'timed_out', message: 'not done within 7 ms' },
      ]);
    });
  });

  it('W6 counts and drops what a job tells after its end', async () => {
    const engine = engineOf();
    const heard = listenTo(engine);
    let late: ((message: number) => void) | undefined;
    let answer: (value: number) => void = () => undefined;
    let give: (result: IteratorResult<number>) => void = () => undefined;
    let returned = 0;
    engine.start({ topic: 'provision', run: ({ send }) => void (late = send) });
    engine.start({ topic: 'provision', run: () => new Promise<number>((resolve) => (answer = resolve)) });
    engine.start({
      topic: 'provision',
      run: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise((resolve) => (give = resolve)),
          return: () => (returned++, Promise.resolve({ done: true as const, value: undefined })),
        }),
      }),
    });
    await firstValueFrom(engine.operation$('t3').pipe(filter(({ state }) => state === 'running')));
    engine.cancel('t2');
    engine.cancel('t3');
    late?.(1);
    answer(2);
    give({ done: false, value: 3 });
    await new Promise(setImmediate);

    expect(returned).toBe(1);
    expect(engine.ledger().messages.late).toBe(3);
    expect(heard.filter((words) => words.includes(':'))).toEqual([]);
    expect(heard.slice(-2)).toEqual(['t2 cancelled', 't3 cancelled']);
  });

  it('W11 starts nothing after a stop, and may be stopped before it has started anything', async () => {
    const engine = engineOf();
    const ledger = await engine.stop();
    expect(ledger.jobs).toMatchObject({ started: 0 });
    expect(() => engine.start(never)).toThrow(StoppedError);
    expect(() => engine.attach('bind', { id: 'late', handle: () => {} })).toThrow(StoppedError);
    expect(record(engine.run(never))).toEqual([new StoppedError()]);
    expect(record(engine.recover(() => undefined))).toEqual([new StoppedError()]);
  });

  it('W13 refuses a job at once when as many wait as may', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ maxRunning: 2, maxQueued: 1 });
      for (let i = 0; i < 3; i++) engine.start(never);
      expect(() => engine.start(never)).toThrow(new QueueFullError(2, 1));
      flush();
      expect(() => engine.start(never)).toThrow(QueueFullError);
      engine.cancel('t3');
      expect(engine.start(never)).toBe('t6');
      const none = engineOf({ maxRunning: 1, maxQueued: 0 });
      none.start(never);
      expect(() => none.start(never)).toThrow(QueueFullError);
    });
  });

  it('W14 forgets an operation when its time is over, or when there are too many', () => {
    inVirtualTime(({ at, flush }) => {
      const engine = engineOf({ retentionMs: 100, maxRetained: 2 });
      const known = () => engine.operations().map(({ id }) => id);
      engine.start({ topic: 'bind', run: lasting(10) });
      engine.start({ topic: 'bind', run: lasting(20) });
      at(109, () => expect(known()).toEqual(['t1', 't2']));
      at(111, () => expect(known()).toEqual(['t2']));
      at(121, () => expect(known()).toEqual([]));
      flush();
      for (let i = 0; i < 5; i++) engine.start({ topic: 'bind', run: () => [] });
      at(1, () => expect(known()).toEqual(['t6', 't7']));
      flush();
      expect(engine.lastOperation('t7')).toBeUndefined();
    });
  });

  it('T22 takes the names of topics and tokens as they are', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ topics: ['__proto__', 'constructor'] });
      const heard = listenTo(engine, '__proto__');
      engine.start({ topic: '__proto__', token: '__proto__', run: () => [1] });
      expect(() => engine.start({ topic: 'toString', run: () => [] })).toThrow(UnknownTopicError);
      expect(() => engine.start({ topic: '', run: () => [] })).toThrow(UnknownTopicError);
      expect(() => engine.attach('x'.repeat(10_000), { id: 'a', handle: () => {} })).toThrow(UnknownTopicError);
      flush();
      expect(heard).toHaveLength(4);
      expect(Reflect.ownKeys(Object.prototype)).not.toContain('state');
    });
  });

  it('X8 refuses options, jobs and subscribers that cannot be meant', () => {
    const newToken = () => 't';
    for (const wrong of [
      { topics: [] },
      { topics: [''] },
      { maxRunning: 0 },
      { maxQueued: -1 },
      { maxUnsettled: 0 },
      { bufferSize: 0 },
      { retentionMs: -1 },
      { maxRetained: 0.5 },
      { storeTimeoutMs: 0 },
      { channels: 'some' as never },
      { stop: { deadlineMs: -1 } },
      { newToken: 5 as never },
    ]) {
      expect(() => createWorkEngine({ topics: ['a'], newToken, ...wrong }), JSON.stringify(wrong)).toThrow(OptionError);
    }
    const engine = engineOf({ newToken: () => '' });
    expect(() => engine.start(never)).toThrow(OptionError);
    for (const wrong of [
      { token: '' },
      { timeoutMs: 0 },
      { bufferSize: 0 },
      { maxMessages: -1 },
      { run: 1 as never },
    ]) {
      expect(() => engine.start({ ...never, token: 'a', ...wrong }), JSON.stringify(wrong)).toThrow(OptionError);
    }
    expect(() => engine.attach('bind', { id: '', handle: () => {} })).toThrow(OptionError);
    engine.attach('bind', { id: 'a', handle: () => {} });
    expect(() => engine.attach('bind', { id: 'a', handle: () => {} })).toThrow(OptionError);
    expect(() => engine.stop({ deadlineMs: NaN })).toThrow(OptionError);
  });

  it('limits the messages of a job, in all and waiting', () => {
    inVirtualTime(({ flush }) => {
      const engine = engineOf({ maxMessages: 3 });
      const heard = listenTo(engine);
      engine.attach('provision', { id: 'slow', handle: () => timer(10), bufferSize: 2, overflow: 'block' });
      engine.start({ topic: 'provision', run: () => [1, 2, 3, 4] });
      engine.start({ topic: 'provision', maxMessages: 100, bufferSize: 5, run: () => from(Array(50).keys()) });
      engine.start({ topic: 'provision', maxMessages: 100, bufferSize: 5, run: () => of(...Array(50).keys()) });
      flush();
      expect(heard.filter((words) => words.startsWith('t1'))).toEqual([
        't1 queued',
        't1 running',
        't1: 1',
        't1: 2',
        't1: 3',
        't1 failed',
      ]);
      expect(engine.lastOperation('t1')?.error?.code).toBe(new MessageLimitError(3).code);
      expect(engine.lastOperation('t2')?.error?.code).toBe(new OverflowError('job', 5).code);
      expect(engine.lastOperation('t3')?.error?.code).toBe(new OverflowError('job', 5).code);
    });
  });
});
