import { defer, endWith, filter, map, merge, NEVER, take, type Observable } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import type { ServerSentEvent } from '../../adapters/http/sseFrame.ts';
import { memoryJobStore } from '../../adapters/memory/memoryJobStore.ts';
import { newId } from '../../adapters/node/newId.ts';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { hasEnded, type Job, type JobOperation } from '../../contracts/job.ts';
import { UnknownTopicError } from '../../contracts/deliveryFailure.ts';
import { StoppedError, type WorkFailure } from '../../contracts/jobFailure.ts';
import type { JobStore } from '../../contracts/jobStore.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { AggregatePage, WalkQuery } from '../../core/paging/aggregate.ts';
import { createWorkEngine } from '../../core/work/createWorkEngine.ts';
import type { Recovery, StopOptions, WorkLedger } from '../../core/work/workEngine.ts';
import { createJobBook } from './createJobBook.ts';
import { createJobEvents, type JobEvents } from './jobEvents.ts';
import { IdempotencyKeyReusedError, JobNotKeptError, JobOverError } from './jobFailures.ts';
import { KIND_NAME, type JobKinds, type JobLimits } from './jobKind.ts';
import { jobOfKind } from './jobOfKind.ts';
import { jobLists, type JobQuery, type KindView } from './jobLists.ts';
import type { JobView } from './jobView.ts';

/** What {@link createJobs} runs, within which bounds. */
export interface JobsOptions {
  /** At least one. */
  readonly kinds: JobKinds;
  readonly limits?: Readonly<Record<string, JobLimits>> | undefined;
  /** Seals page tokens. */
  readonly sealer: TokenSealer;
  /** How long a page token is accepted, in ms from when it was given out. Default: that of `pageTokens`. */
  readonly ttlMs?: number | undefined;
  /** Items per page: when none is asked for (default 20), and at most (default 1 000). */
  readonly pageSize?: { readonly default?: number | undefined; readonly max?: number | undefined } | undefined;
  /** Most jobs that run at the same time. Default: 4. */
  readonly maxRunning?: number | undefined;
  /** Most jobs that wait for their turn; beyond it a start is refused. Default: 100. */
  readonly maxWaiting?: number | undefined;
  /** How long a job can be read after its end, in ms. Default: 3 600 000. */
  readonly retentionMs?: number | undefined;
  /** Most jobs to keep after their end; beyond it the one that ended first is forgotten. Default: 1 000. */
  readonly maxRetained?: number | undefined;
  /** Most events of each job to keep for those who follow it. Default: 128. */
  readonly events?: number | undefined;
  /** Most jobs that have ended and whose events are kept. Default: 100. */
  readonly followed?: number | undefined;
  /** Keeps jobs beyond the process. Default: in memory. */
  readonly store?: JobStore | undefined;
  /** Takes every failure: of jobs, of the store. */
  readonly onError?: ((failure: WorkFailure) => void) | undefined;
}

/** Which job to start. */
export interface JobStart {
  readonly kind: string;
  /** JSON data. */
  readonly input: unknown;
  /** Whose job it is: nobody else sees it. Default: ''. */
  readonly tenant?: string | undefined;
  /** What the sender calls this request: sent again with the same input, it means the same job. */
  readonly key?: string | undefined;
}

/** Jobs that are started by their kind, and looked at by their token. */
export interface Jobs {
  readonly kinds: JobKinds;
  /**
   * Starts a job when subscribed, and emits it once the store knows of it. Errors with UnknownTopicError, DecodeError,
   * IdempotencyKeyReusedError, QueueFullError, StoppedError, JobNotKeptError. Unsubscribing does not end the job.
   */
  start(job: JobStart): Observable<JobView>;
  /** Undefined when nobody remembers such a job. */
  get(token: string, tenant?: string): JobView | undefined;
  /** Cancels a job; one that was cancelled stays so. Throws JobOverError. Undefined when nobody remembers such a job. */
  cancel(token: string, tenant?: string): JobView | undefined;
  /** One page of jobs, the newest first. */
  page(query?: JobQuery): Observable<AggregatePage<JobView>>;
  /** One page of the kinds there are, by name. */
  kindsPage(query?: Omit<WalkQuery<never>, 'query'>): Observable<AggregatePage<KindView>>;
  /**
   * What happens to a job, from the beginning or after the event whose id is given, to its end; a `reset` comes first where some
   * are not kept any more. `over` where it has ended and the client has it all, `unknown` when nobody remembers such a job.
   */
  follow(
    token: string,
    options?: { readonly tenant?: string | undefined; readonly lastEventId?: string | undefined },
  ): AsyncIterable<ServerSentEvent> | 'over' | 'unknown';
  /** Starts again what the store says was in progress, and remembers what had ended. Errors with StoreError after that. */
  recover(): Observable<Recovery>;
  /** Starts nothing more, lets the rest end until the deadline, and gives the account. */
  stop(options?: StopOptions): Promise<WorkLedger>;
}

/**
 * Runs jobs of given kinds.
 *
 * @example
 * const jobs = createJobs({ kinds: { 'report.build': { input: Quarter, run: buildReport } }, sealer: ephemeralSealer() });
 * jobs.start({ kind: 'report.build', input: { year: 2026 } }).subscribe(({ id }) => console.log(id));
 */
export function createJobs(options: JobsOptions): Jobs {
  const { kinds, limits = {}, maxRunning = 4, maxWaiting = 100, events = 128, followed = 100 } = options;
  const { retentionMs, maxRetained, store = memoryJobStore(), onError, sealer, ttlMs, pageSize } = options;
  for (const name of Object.keys(kinds)) {
    if (!KIND_NAME.test(name)) throw new OptionError('kinds', 'names such as report.build', name);
  }

  const book = createJobBook({ store, events, followed });
  const engine = createWorkEngine<string>({
    topics: Object.keys(kinds),
    newToken: newId,
    maxRunning,
    maxQueued: maxWaiting,
    retentionMs,
    maxRetained,
    store: book.store,
    onError,
  });
  engine.messages$.subscribe({ next: (message) => book.told(message), error: () => undefined }); // it only completes

  /** Throws DecodeError. */
  const jobOf = (kind: string, input: unknown): Omit<Job<string>, 'topic' | 'token'> =>
    jobOfKind(kind, kinds[kind]!, input, limits[kind]);

  /** The job that a request of this name has started before, unless the store did not take it. */
  const startedBefore = ({ kind, input, tenant = '', key }: JobStart): string | undefined => {
    const token = key === undefined ? undefined : book.tokenOf(tenant, key);
    const operation = token === undefined ? undefined : engine.lastOperation(token);
    if (token === undefined || operation === undefined || operation.state === 'rejected') return undefined;
    const same = operation.kind === kind && canonicalJson(book.get(token)?.facts.input) === canonicalJson(input);
    if (!same) throw new IdempotencyKeyReusedError(operation.id);
    return token;
  };

  const accept = (start: JobStart): string => {
    const { kind, input, tenant = '', key } = start;
    if (!Object.hasOwn(kinds, kind)) throw new UnknownTopicError(kind, Object.keys(kinds));
    const before = startedBefore(start);
    if (before !== undefined) return before;
    const job = jobOf(kind, input);
    const token = newId();
    book.open(token, { input, tenant, ...(key !== undefined && { key }) });
    try {
      return engine.start({ ...job, topic: kind, token });
    } catch (refusal) {
      book.forget(token);
      throw refusal;
    }
  };

  /** The operation of a job that this tenant may see. */
  const visible = (token: string, tenant: string): JobOperation | undefined =>
    book.get(token)?.facts.tenant === tenant ? engine.lastOperation(token) : undefined;

  /** Throws when it was not started after all. */
  const shown = (operation: JobOperation): JobView => {
    if (operation.state !== 'rejected') return book.view(operation);
    throw operation.error?.code === 'stopped' ? new StoppedError() : new JobNotKeptError();
  };

  const lists = jobLists({
    kinds,
    sealer,
    ttlMs,
    pageSize,
    all: () =>
      engine.operations().flatMap((operation) => {
        const tenant = book.get(operation.id)?.facts.tenant;
        return tenant === undefined ? [] : [{ operation, tenant }];
      }),
  });

  return {
    kinds,
    start: (job) =>
      defer(() => {
        const token = accept(job);
        const accepted = engine.lastOperation(token)!;
        const kept$ = (book.get(token)?.kept$ ?? NEVER).pipe(endWith(undefined)); // not, where it was refused
        return merge(kept$, engine.operation$(token).pipe(filter(hasEnded))).pipe(
          take(1),
          map(() => shown(engine.lastOperation(token) ?? accepted)),
        );
      }),
    get: (token, tenant = '') => {
      const operation = visible(token, tenant);
      return operation && book.view(operation);
    },
    cancel: (token, tenant = '') => {
      if (visible(token, tenant)) engine.cancel(token);
      const operation = visible(token, tenant);
      if (operation && operation.state !== 'cancelled') throw new JobOverError(token, operation.state);
      return operation && book.view(operation);
    },
    page: (query) =>
      lists.jobs(query).pipe(map((page) => ({ ...page, items: page.items.map((operation) => book.view(operation)) }))),
    kindsPage: (query) => lists.kinds(query),
    follow: (token, { tenant = '', lastEventId } = {}) => {
      const operation = visible(token, tenant);
      if (!operation) return 'unknown';
      const followable = book.get(token)?.events ?? endOf(operation, book.view(operation));
      return followable.follow(lastEventId) ?? 'over';
    },
    recover: () =>
      engine.recover(({ kind, token }) => {
        const facts = book.get(token)?.facts;
        return facts && jobOf(kind, facts.input);
      }),
    stop: (how) => engine.stop(how),
  };
}

/** All that is left of a job whose events are not kept any more. */
function endOf({ createTime, endTime = createTime }: JobOperation, view: JobView): JobEvents {
  const end = createJobEvents(1, endTime);
  end.push('state', JSON.stringify(view));
  end.close();
  return end;
}
