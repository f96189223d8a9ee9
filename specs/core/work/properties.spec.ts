import fc from 'fast-check';
import { concat, finalize, NEVER, Observable, Subject, throwError, timer, type Subscription } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { DeliveryStats, Overflow } from '../../../lib/contracts/delivery.ts';
import { hasEnded, type Job, type JobMessage, type JobOperationState } from '../../../lib/contracts/job.ts';
import type { WorkEngine, WorkLedger } from '../../../lib/core/work/workEngine.ts';
import { runs } from '../../support/seed.ts';
import { engineOf, every, fakeJobStore, inVirtualTime } from '../../support/work.ts';

const LEGAL: Readonly<Record<JobOperationState, readonly JobOperationState[]>> = {
  queued: ['running', 'cancelled', 'rejected'],
  running: ['succeeded', 'failed', 'cancelled', 'timedOut'],
  succeeded: [],
  failed: [],
  cancelled: [],
  timedOut: [],
  rejected: [],
};

const someJob = fc.record({
  at: fc.nat(30),
  topic: fc.constantFrom('provision', 'bind'),
  kind: fc.constantFrom('pulled', 'pushed', 'never', 'fails', 'throws', 'sends'),
  messages: fc.nat(8),
  everyMs: fc.integer({ min: 1, max: 4 }),
  timeoutMs: fc.constantFrom(undefined, 5, 20),
  cancelAfterMs: fc.option(fc.nat(25), { nil: undefined }),
  leaves: fc.boolean(),
});

const someSubscriber = fc.record({
  topic: fc.constantFrom('provision', 'bind'),
  at: fc.nat(10),
  detachAfterMs: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  bufferSize: fc.nat(6),
  overflow: fc.constantFrom<Overflow>('error', 'dropOldest', 'dropNewest', 'block', 'coalesce', 'park'),
  takesMs: fc.nat(5),
  fails: fc.boolean(),
  timeoutMs: fc.constantFrom(undefined, 3),
});

const someWorld = fc.record({
  channels: fc.constantFrom('perJob' as const, 'perTopic' as const),
  maxRunning: fc.integer({ min: 1, max: 3 }),
  maxQueued: fc.nat(5),
  maxRetained: fc.nat(12),
  storeMs: fc.constantFrom(undefined, -1, 0, 4),
  jobs: fc.array(someJob, { maxLength: 10 }),
  subscribers: fc.array(someSubscriber, { maxLength: 4 }),
  stopAt: fc.nat(80),
  stop: fc.record({
    deadlineMs: fc.constantFrom(0, 10, 1_000),
    mode: fc.constantFrom('drain' as const, 'abort' as const),
  }),
});
type World = typeof someWorld extends fc.Arbitrary<infer W> ? W : never;

/** What happened in a world. */
interface Story {
  readonly messages: JobMessage<number>[];
  readonly handled: Map<string, { token: string; sequence: number; ends: boolean }[]>;
  readonly began: string[];
  mostRunning: number;
  running: number;
  accepted: string[];
  openSignals: AbortSignal[];
  stoppedAt: number;
  tookMs: number;
  ledger: Promise<WorkLedger> | undefined;
  openCalls: number;
}

function play({ jobs, subscribers, stopAt, stop, storeMs, ...options }: World): Story {
  const store = storeMs === undefined ? undefined : fakeJobStore([], { latencyMs: () => storeMs });
  const story: Story = {
    messages: [],
    handled: new Map(),
    began: [],
    mostRunning: 0,
    running: 0,
    accepted: [],
    openSignals: [],
    stoppedAt: -1,
    tookMs: -1,
    ledger: undefined,
    openCalls: 0,
  };
  story.tookMs = inVirtualTime(({ at, now }) => {
    const engine = engineOf({ ...options, store, retentionMs: 30 });
    engine.messages$.subscribe({
      next: (message) => story.messages.push(message),
      complete: () => (story.stoppedAt = now()),
    });
    subscribers.forEach((subscriber, i) => at(subscriber.at, () => attach(engine, subscriber, i, story, at)));
    jobs.forEach((job, i) => at(job.at, () => start(engine, job, `j${i}`, story, at)));
    at(stopAt, () => void (story.ledger = engine.stop(stop)));
  });
  story.openCalls = store?.open() ?? 0;
  return story;
}

type At = (ms: number, work: () => void) => void;

function attach(engine: WorkEngine<number>, subscriber: World['subscribers'][number], i: number, story: Story, at: At) {
  const { topic, detachAfterMs, takesMs, fails, ...contract } = subscriber;
  const id = `s${i}`;
  const heard: { token: string; sequence: number; ends: boolean }[] = [];
  story.handled.set(id, heard);
  ignoring(() => {
    const attachment = engine.attach(topic, {
      id,
      ...contract,
      handle: (message, { attempt }) => {
        const { token, sequence } = message;
        if (attempt === 1)
          heard.push({ token, sequence, ends: message.kind === 'state' && hasEnded(message.operation) });
        if (fails && sequence % 3 === 0) throw new Error('third');
        return takesMs === 0 ? undefined : timer(takesMs);
      },
    });
    if (detachAfterMs !== undefined) at(detachAfterMs, () => attachment.detach());
  });
}

function start(engine: WorkEngine<number>, job: World['jobs'][number], token: string, story: Story, at: At) {
  const { topic, kind, messages, everyMs, timeoutMs, cancelAfterMs, leaves } = job;
  const source = (): Observable<number> => {
    if (kind === 'never') return NEVER;
    return kind === 'fails'
      ? concat(
          every(everyMs, messages),
          throwError(() => new Error('no')),
        )
      : every(everyMs, messages);
  };
  const run: Job<number>['run'] = ({ signal, send }) => {
    story.began.push(token);
    story.openSignals.push(signal);
    if (kind === 'throws') throw new Error('no');
    if (kind === 'pulled') return Array(messages).keys();
    if (kind === 'sends') for (let i = 0; i < messages; i++) send(i);
    return new Observable((subscriber) => {
      story.mostRunning = Math.max(story.mostRunning, ++story.running);
      return source()
        .pipe(finalize(() => story.running--))
        .subscribe(subscriber);
    });
  };
  let subscription: Subscription | undefined;
  ignoring(() => {
    if (leaves) subscription = engine.run({ topic, token, timeoutMs, run }).subscribe({ error: () => undefined });
    else engine.start({ topic, token, timeoutMs, run });
    if (engine.lastOperation(token)) story.accepted.push(token);
    if (cancelAfterMs === undefined) return;
    at(cancelAfterMs, () => (subscription ? subscription.unsubscribe() : engine.cancel(token)));
  });
}

/** Some jobs are refused and some subscribers too late: that is told by others. */
function ignoring(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
  }
}

/** What became of all that was offered to a subscriber, together. */
function totalOf(stats: DeliveryStats): number {
  const { succeeded, failed, coalesced, dropped, parked, refused, discarded, blocked, waiting, running } = stats;
  return succeeded + failed + coalesced + dropped + parked + refused + discarded + blocked + waiting + running;
}

function byToken(messages: readonly JobMessage<number>[]): ReadonlyMap<string, JobMessage<number>[]> {
  const groups = new Map<string, JobMessage<number>[]>();
  for (const message of messages) groups.set(message.token, [...(groups.get(message.token) ?? []), message]);
  return groups;
}

describe('a work engine in any world', () => {
  it('W1 W3 W4 W5 W6 W8 W10 keeps what it promises', async () => {
    await fc.assert(
      fc.asyncProperty(someWorld, async (world) => {
        const story = play(world);
        const { jobs, subscribers, messages } = await story.ledger!;

        // W1: never more than may, and in the order they came.
        expect(story.mostRunning).toBeLessThanOrEqual(world.maxRunning);
        expect(story.began).toEqual(story.accepted.filter((token) => story.began.includes(token)));

        for (const [token, told] of byToken(story.messages)) {
          // W5: every message once, in order. W4: the end is the last of them.
          expect(told.map(({ sequence }) => sequence)).toEqual(told.map((_, i) => i + 1));
          const states = told.flatMap((message) => (message.kind === 'state' ? [message.operation.state] : []));
          expect(states[0]).toBe('queued');
          // W3: legal states only.
          states.slice(1).forEach((state, i) => expect(LEGAL[states[i]!]).toContain(state));
          const last = told.at(-1)!;
          expect(last.kind === 'state' && hasEnded(last.operation)).toBe(true);
          expect(story.accepted).toContain(token);
        }
        expect(byToken(story.messages).size).toBe(story.accepted.length);

        // W5: in order at every subscriber, whatever was lost on the way.
        for (const heard of story.handled.values()) {
          const latest = new Map<string, number>();
          for (const { token, sequence } of heard) {
            expect(sequence).toBeGreaterThan(latest.get(token) ?? 0);
            latest.set(token, sequence);
          }
        }

        // W8: over by the deadline, and the accounts add up.
        expect(story.stoppedAt).toBeLessThanOrEqual(world.stopAt + world.stop.deadlineMs);
        const { started, queued, running, ...ends } = jobs;
        expect([queued, running]).toEqual([0, 0]);
        expect(Object.values(ends).reduce((sum, count) => sum + count, 0)).toBe(started);
        expect(started).toBe(story.accepted.length);
        expect(messages.published).toBe(story.messages.length);
        for (const { stats } of subscribers) {
          expect(totalOf(stats)).toBe(stats.offered);
          expect(stats.running + stats.waiting + stats.blocked).toBe(0);
        }

        // W10: nothing of it is left. The last thing to happen is what the world itself does.
        expect(story.running).toBe(0);
        expect(story.openCalls).toBe(0);
        const lastOfWorld = Math.max(
          story.stoppedAt,
          world.stopAt,
          ...world.jobs.map(({ at, cancelAfterMs }) => at + (cancelAfterMs ?? 0)),
          ...world.subscribers.map(({ at, detachAfterMs }) => at + (detachAfterMs ?? 0)),
        );
        expect(story.tookMs).toBeLessThanOrEqual(lastOfWorld);
      }),
      runs(600),
    );
  });

  it('X3 leaves nothing wherever a run is cancelled', () => {
    const contracts = [
      { id: 'slow', overflow: 'block', bufferSize: 2, takesMs: 3 },
      { id: 'late', overflow: 'dropOldest', bufferSize: 1, takesMs: 9 },
    ] as const;
    for (const channels of ['perJob', 'perTopic'] as const) {
      for (const storeMs of [-1, 2]) {
        for (let k = 0; k <= 40; k++) {
          let open = 0;
          const signals: AbortSignal[] = [];
          const store = fakeJobStore([], { latencyMs: () => storeMs });
          const tookMs = inVirtualTime(({ at }) => {
            const engine = engineOf({ channels, store });
            for (const { takesMs, ...contract } of contracts) {
              engine.attach('provision', { ...contract, timeoutMs: 6, handle: () => timer(takesMs) });
            }
            const run$ = engine.run({
              topic: 'provision',
              timeoutMs: 30,
              run: ({ signal }) => {
                signals.push(signal);
                open++;
                return every(1, 20).pipe(finalize(() => open--));
              },
            });
            const subscription = run$.subscribe();
            at(k, () => subscription.unsubscribe());
            at(k + 1, () => {
              expect(open).toBe(0);
              expect(hasEnded(engine.lastOperation('t1')!)).toBe(true);
              expect(signals.every(({ aborted }) => aborted || engine.lastOperation('t1')!.state === 'succeeded')).toBe(
                true,
              );
            });
            at(k + 200, () => void engine.stop()); // which is over at once, for nothing is left to wait for
          });
          expect(store.open()).toBe(0);
          expect(tookMs).toBe(k + 200);
        }
      }
    }
  });

  it('W14 does not grow over thousands of jobs', () => {
    inVirtualTime(({ flush }) => {
      for (const channels of ['perJob', 'perTopic'] as const) {
        const store = fakeJobStore();
        const engine = engineOf({ channels, store, maxRetained: 10, maxRunning: 2 });
        let settled = 0;
        engine.attach('provision', { id: 'count', handle: () => {} });
        for (let round = 0; round < 8; round++) {
          for (let i = 0; i < 1_000; i++) {
            engine.run({ topic: 'provision', run: () => [] }).subscribe({ complete: () => settled++ });
          }
          flush();
          expect(engine.operations()).toHaveLength(10);
          expect(store.records.size).toBe(10);
          store.calls.length = 0;
        }
        expect(settled).toBe(8_000);
      }
    });
  });
});

/** What a job may be asked to do, and what it must be in then. */
interface Model {
  readonly states: Map<string, JobOperationState>;
  readonly told: Map<string, number>;
  count: number;
  isStopped: boolean;
}

interface Real {
  readonly engine: WorkEngine<number>;
  readonly sources: Map<string, Subject<number>>;
  readonly flush: () => void;
  readonly seen: Map<string, string[]>;
}

const MOST = { maxRunning: 2, maxQueued: 2 };
const inState = ({ states }: Model, wanted: JobOperationState) =>
  [...states].filter(([, state]) => state === wanted).map(([token]) => token);

/** The next in line runs as soon as there is a place. */
function promote(model: Model): void {
  if (model.isStopped) return;
  for (const token of inState(model, 'queued')) {
    if (inState(model, 'running').length < MOST.maxRunning) model.states.set(token, 'running');
  }
}

function check(model: Model, { engine, seen, flush }: Real): void {
  flush();
  for (const [token, state] of model.states) {
    expect(engine.lastOperation(token)?.state).toBe(state);
    expect(seen.get(token)?.at(-1)).toBe(state);
  }
  const { jobs } = engine.ledger();
  for (const state of Object.keys(LEGAL) as JobOperationState[]) expect(jobs[state]).toBe(inState(model, state).length);
}

class Start implements fc.Command<Model, Real> {
  check = () => true;
  run(model: Model, real: Real): void {
    const token = `m${++model.count}`;
    const source = new Subject<number>();
    const live = inState(model, 'running').length + inState(model, 'queued').length;
    const attempt = () => real.engine.start({ topic: 'provision', token, run: () => source });
    if (model.isStopped) expect(attempt).toThrow('stopped');
    else if (live >= MOST.maxRunning + MOST.maxQueued) expect(attempt).toThrow('try again later');
    else {
      expect(attempt()).toBe(token);
      real.sources.set(token, source);
      model.states.set(token, 'queued');
      promote(model);
    }
    check(model, real);
  }
  toString = () => 'start';
}

class End implements fc.Command<Model, Real> {
  private readonly how: 'complete' | 'error' | 'cancel' | 'message';
  private readonly which: number;
  constructor(how: End['how'], which: number) {
    this.how = how;
    this.which = which;
  }
  check = ({ states }: Readonly<Model>) => states.size > 0;
  run(model: Model, real: Real): void {
    const tokens = [...model.states.keys()];
    const token = tokens[this.which % tokens.length]!;
    const state = model.states.get(token)!;
    const source = real.sources.get(token)!;
    if (this.how === 'cancel') {
      expect(real.engine.cancel(token)).toBe(state === 'running' || state === 'queued');
      if (state === 'running' || state === 'queued') model.states.set(token, 'cancelled');
    } else if (this.how === 'message') {
      const before = real.engine.ledger().messages.published;
      source.next(1);
      expect(real.engine.ledger().messages.published - before).toBe(state === 'running' ? 1 : 0);
    } else if (state === 'running' || LEGAL[state].length === 0) {
      if (this.how === 'complete') source.complete();
      else source.error(new Error('no'));
      if (state === 'running') model.states.set(token, this.how === 'complete' ? 'succeeded' : 'failed');
    }
    promote(model);
    check(model, real);
  }
  toString = () => `${this.how} ${this.which}`;
}

class Stop implements fc.Command<Model, Real> {
  check = ({ isStopped }: Readonly<Model>) => !isStopped;
  run(model: Model, real: Real): void {
    void real.engine.stop({ deadlineMs: Infinity });
    model.isStopped = true;
    for (const token of inState(model, 'queued')) model.states.set(token, 'rejected');
    check(model, real);
  }
  toString = () => 'stop';
}

describe('a work engine beside its model', () => {
  it.each(['perJob', 'perTopic'] as const)('W1 W3 W6 W13 goes through the same states (%s)', (channels) => {
    const which = fc.nat(9);
    const how = fc.constantFrom('complete' as const, 'error' as const, 'cancel' as const, 'message' as const);
    const commands = fc.commands(
      [
        fc.constant(new Start()),
        fc.tuple(how, which).map((choice) => new End(...choice)),
        fc.tuple(how, which).map((choice) => new End(...choice)),
        fc.constant(new Stop()),
      ],
      { maxCommands: 30 },
    );
    fc.assert(
      fc.property(commands, (steps) => {
        inVirtualTime(({ flush }) => {
          const engine = engineOf({ ...MOST, channels });
          const seen = new Map<string, string[]>();
          engine.attach('provision', {
            id: 'log',
            handle: (message) => {
              if (message.kind !== 'state') return;
              seen.set(message.token, [...(seen.get(message.token) ?? []), message.operation.state]);
            },
          });
          fc.modelRun(
            () => ({
              model: { states: new Map(), told: new Map(), count: 0, isStopped: false },
              real: { engine, sources: new Map(), flush, seen },
            }),
            steps,
          );
        });
      }),
      runs(300),
    );
  });
});
