import { concat, concatMap, defer, ignoreElements, map, merge, Observable, range, throwError, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { JobMessage } from '../../lib/contracts/job.ts';
import type { JobRecord, JobStore } from '../../lib/contracts/jobStore.ts';
import { createWorkEngine } from '../../lib/core/work/createWorkEngine.ts';
import type { WorkEngine, WorkEngineOptions } from '../../lib/core/work/workEngine.ts';

/** Virtual time, as far as a body of {@link inVirtualTime} has a say in it. */
export interface Clock {
  now(): number;
  /** Does something when so much time has passed since now. */
  at(ms: number, work: () => void): void;
  /** Lets everything happen that is due, whenever that is. */
  flush(): void;
}

/** Runs a body, and then everything that it has set going. Gives when the last thing of it happened. */
export function inVirtualTime(body: (clock: Clock) => void): number {
  const scheduler = new TestScheduler(() => {});
  scheduler.run(({ flush }) => {
    body({ now: () => scheduler.now(), at: (ms, work) => timer(ms).subscribe(work), flush });
    flush();
  });
  return scheduler.now();
}

/** An engine with the topics `provision` and `bind` whose tokens are t1, t2 … */
export function engineOf<M = number>(options: Partial<WorkEngineOptions> = {}): WorkEngine<M> {
  let tokens = 0;
  return createWorkEngine<M>({
    topics: ['provision', 'bind'],
    newToken: () => `t${++tokens}`,
    retentionMs: Infinity,
    ...options,
  });
}

/** A message in few words: `t1 running`, `t1: 5`. */
export function inWords(message: JobMessage<unknown>): string {
  return message.kind === 'state'
    ? `${message.token} ${message.operation.state}`
    : `${message.token}: ${String(message.message)}`;
}

/** Attaches a subscriber that writes down what it gets, in words. */
export function listenTo(engine: WorkEngine<any>, topic = 'provision', id = 'log'): string[] {
  const heard: string[] = [];
  engine.attach(topic, { id, handle: (message) => void heard.push(inWords(message)) });
  return heard;
}

/** Every failure from now on, by name, and what is behind it. */
export function failuresOf(engine: WorkEngine<any>): string[] {
  const failures: string[] = [];
  engine.errors$.subscribe(({ name, cause }) =>
    failures.push(cause instanceof Error ? `${name} < ${cause.name}` : name),
  );
  return failures;
}

/** A job that takes so long, and tells a number at each of these times. */
export function lasting(ms: number, ...tells: readonly number[]): () => Observable<number> {
  return () => merge(timer(ms).pipe(ignoreElements()), ...tells.map((at) => timer(at).pipe(map(() => at))));
}

/**
 * Tells 1, 2, 3 … and so on, one each so many ms. Not by rxjs' interval: the virtual timers of TestScheduler trip over one
 * that is due together with another that is cleared.
 */
export function every(ms: number, count = 1_000): Observable<number> {
  return range(1, count).pipe(concatMap((n) => timer(ms).pipe(map(() => n))));
}

/** How a {@link fakeJobStore} behaves. */
export interface FakeJobStoreOptions {
  /** How long an answer takes, in ms. Default: none at all. */
  readonly latencyMs?: (call: string) => number;
  /** Whether a call fails: `put t1 running`, `remove t1`, `list`. */
  readonly fails?: (call: string) => boolean;
}

/** A store of jobs that keeps them in memory, and tells what it was asked. */
export interface FakeJobStore extends JobStore {
  readonly records: Map<string, JobRecord>;
  readonly calls: string[];
  /** Calls that have not been answered. */
  readonly open: () => number;
}

export function fakeJobStore(
  records: readonly JobRecord[] = [],
  { latencyMs = () => -1, fails = () => false }: FakeJobStoreOptions = {},
): FakeJobStore {
  const kept = new Map(records.map((record) => [record.token, record]));
  const calls: string[] = [];
  let open = 0;
  const answer = <T>(call: string, done: () => readonly T[]): Observable<T> =>
    new Observable<T>((subscriber) => {
      calls.push(call);
      open++;
      subscriber.add(() => open--);
      const work$ = defer(() => (fails(call) ? throwError(() => new Error('the disk is full')) : done()));
      const ms = latencyMs(call);
      return (ms < 0 ? work$ : concat(timer(ms).pipe(ignoreElements()), work$)).subscribe(subscriber);
    });
  return {
    records: kept,
    calls,
    open: () => open,
    put: (record) => answer(`put ${record.token} ${record.state}`, () => (kept.set(record.token, record), [])),
    remove: (token) => answer(`remove ${token}`, () => (kept.delete(token), [])),
    list: () => answer('list', () => [...kept.values()]),
  };
}
