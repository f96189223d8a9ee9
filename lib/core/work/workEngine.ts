import type { Observable } from 'rxjs';
import type { CongestionAlert, DeliveryStats } from '../../contracts/delivery.ts';
import type { Job, JobEnd, JobMessage, JobOperation, JobSubscriber } from '../../contracts/job.ts';
import type { WorkFailure } from '../../contracts/jobFailure.ts';
import type { JobRecord, JobStore } from '../../contracts/jobStore.ts';

/** What a work engine runs, within which bounds, and what it keeps. */
export interface WorkEngineOptions {
  /** The topics of jobs there are: any other is refused. */
  readonly topics: readonly string[];
  /** Makes a token for a job that brings none: 128 random bits as a text, say. */
  readonly newToken: () => string;
  /** Most jobs that run at the same time. Default: 16. */
  readonly maxRunning?: number | undefined;
  /** Most jobs that wait for their turn; beyond it `start` throws QueueFullError. Default: 1024. */
  readonly maxQueued?: number | undefined;
  /**
   * `perJob` (default): every job has lanes of its own, one per subscriber, and jobs cannot delay each other.
   * `perTopic`: a subscriber has one lane for all jobs of its topic, whose cap holds for all of them; jobs take turns.
   */
  readonly channels?: 'perJob' | 'perTopic' | undefined;
  /**
   * Most jobs with lanes of their own that have ended and whose messages are not all settled. Beyond it, what the
   * subscribers still hold of the one that ended first is discarded. Default: 1024.
   */
  readonly maxUnsettled?: number | undefined;
  /** Most messages that a job has pushed and no lane has taken, see {@link Job.bufferSize}. Default: 1024. */
  readonly bufferSize?: number | undefined;
  /** Most messages of one job, see {@link Job.maxMessages}. Default: 100 000. */
  readonly maxMessages?: number | undefined;
  /** How long the last operation of a job can be read after its end, in ms. Default: 3 600 000. */
  readonly retentionMs?: number | undefined;
  /** Most operations to keep after their end; beyond it the one that ended first is forgotten. Default: 1 000. */
  readonly maxRetained?: number | undefined;
  /** Keeps jobs beyond the process, for `recover`. Default: nothing is kept. */
  readonly store?: JobStore | undefined;
  /** Longest time for one answer of the store, in ms from when it is asked. Default: 10 000. */
  readonly storeTimeoutMs?: number | undefined;
  /** `deep` (default): messages are frozen, so that no subscriber changes what its neighbour sees. */
  readonly freeze?: 'deep' | 'off' | undefined;
  /** Takes every failure, once, as `errors$` does. What it throws is ignored. */
  readonly onError?: ((failure: WorkFailure) => void) | undefined;
  /** Stops the engine when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** How `signal` stops it. */
  readonly stop?: StopOptions | undefined;
}

/** How an engine is stopped. */
export interface StopOptions {
  /** When it is over at the latest, in ms from the call: what runs then is cut off. Default: 30 000. */
  readonly deadlineMs?: number | undefined;
  /** What happens to jobs that run. `drain` (default): they have until the deadline. `abort`: they are cut off at once. */
  readonly mode?: 'drain' | 'abort' | undefined;
}

/** Jobs by how they ended, and those that have not. `started` is the sum of all of them. */
export interface JobCounts extends Readonly<Record<JobEnd, number>> {
  readonly started: number;
  readonly queued: number;
  readonly running: number;
}

/** The account of an engine. */
export interface WorkLedger {
  readonly jobs: JobCounts;
  /** `published` reached the lanes; `late` came after the end of their job; `dropped` waited when their job was cut off. */
  readonly messages: { readonly published: number; readonly late: number; readonly dropped: number };
  /** Those that are attached, or were when it was stopped. */
  readonly subscribers: readonly { readonly topic: string; readonly id: string; readonly stats: DeliveryStats }[];
}

/** A subscriber, attached to a topic of jobs. */
export interface Attachment<M> {
  readonly id: string;
  readonly topic: string;
  /** The account over all jobs, those that have ended included. */
  stats(): DeliveryStats;
  /** Emits what happens from now on, in any of its lanes. Completes when the subscriber has ended. */
  readonly alerts$: Observable<CongestionAlert>;
  /** Completes when the subscriber has ended: it was detached, its contract says so, or the engine was stopped. */
  readonly ended$: Observable<never>;
  /** Starts nothing more until `resume`; messages wait. */
  pause(): void;
  resume(): void;
  /** Messages put aside, the oldest of each job first. */
  parked(): readonly JobMessage<M>[];
  /** Puts what was parked in line again, as far as there is room. How many. */
  redrive(): number;
  /** Ends the subscriber at once: waiting messages are discarded, running handlers aborted. */
  detach(): void;
}

/** What became of the jobs that a store had kept, by token. */
export interface Recovery {
  /** Started again. */
  readonly restarted: readonly string[];
  /** In progress, and nobody could make them again. */
  readonly failed: readonly string[];
  /** Had ended, and can be read again. */
  readonly remembered: readonly string[];
}

/** Runs jobs, and tells subscribers how they go. */
export interface WorkEngine<M> {
  /** Attaches a subscriber, to jobs that have not ended, too. Throws UnknownTopicError, OptionError, StoppedError. */
  attach(topic: string, subscriber: JobSubscriber<M>): Attachment<M>;
  /**
   * Accepts a job and gives its token at once. Throws UnknownTopicError, DuplicateTokenError, QueueFullError,
   * StoppedError, OptionError; whatever happens later is told by its operation.
   */
  start(job: Job<M>): string;
  /**
   * Starts the job when subscribed, emits its final operation and completes once every subscriber has settled every
   * message of it. Errors with what `start` throws. Unsubscribing cancels the job.
   */
  run(job: Job<M>): Observable<JobOperation>;
  /** Ends a job that has not ended. False when there is none. */
  cancel(token: string): boolean;
  /** Undefined when nobody remembers such a job. */
  lastOperation(token: string): JobOperation | undefined;
  /** Emits the operation now, and each that follows; completes with its end. Errors with UnknownJobError. */
  operation$(token: string): Observable<JobOperation>;
  /** Those that have ended and are remembered, in the order they ended; then the others, in the order they came. */
  operations(): readonly JobOperation[];
  /** Every message of every job, when it was offered to the subscribers. Completes when the engine was stopped. */
  readonly messages$: Observable<JobMessage<M>>;
  /** Every failure, once: of deliveries, of jobs, of the store. Completes when the engine was stopped. */
  readonly errors$: Observable<WorkFailure>;
  /**
   * Starts again what the store says was queued or running, under the same tokens and in the order of creation, and
   * remembers what had ended. What nobody can make again (`jobOf` gives undefined, or throws) ends as failed. Emits once
   * and completes, or errors with StoreError after that where the store could not give everything.
   */
  recover(jobOf: (record: JobRecord) => Omit<Job<M>, 'topic' | 'token'> | undefined): Observable<Recovery>;
  /** The account now. */
  ledger(): WorkLedger;
  /**
   * Starts nothing more, rejects what is queued, lets the rest settle until the deadline, cuts off what has not, and
   * gives the account. Resolves by the deadline, and never rejects. Every call gives the same promise.
   */
  stop(options?: StopOptions): Promise<WorkLedger>;
}
