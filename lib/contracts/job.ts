import type { DeliveryContract } from './delivery.ts';
import type { Handled } from './handled.ts';
import type { JobState } from './jobStore.ts';

/** How a job ends. `rejected`: it was accepted and never ran. */
export type JobEnd = Exclude<JobOperationState, 'queued' | 'running'>;

/** Where a job stands: `queued`, then `running`, then its end; a queued one may be cancelled or rejected without running. */
export type JobOperationState = JobState | 'rejected';

/** A job as the outside sees it. Never changed: each state is another one. */
export interface JobOperation {
  /** The token of the job. */
  readonly id: string;
  /** The topic of the job. */
  readonly kind: string;
  readonly state: JobOperationState;
  /** In ms of the clock, as the others. */
  readonly createTime: number;
  readonly startTime?: number;
  readonly endTime?: number;
  /** Why it did not succeed. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** Whether the job has come to its end. */
export function hasEnded({ state }: Pick<JobOperation, 'state'>): boolean {
  return state !== 'queued' && state !== 'running';
}

/** What a job is told while it runs, and how it may tell something besides what it returns. */
export interface JobContext<M> {
  readonly token: string;
  readonly topic: string;
  readonly input: unknown;
  /** Aborted when nobody waits for the job any more: it was cancelled, took too long, failed, or the engine was stopped. */
  readonly signal: AbortSignal;
  /** Sends a message, as an Observable would. One that comes after the end of the job is counted and dropped. */
  readonly send: (message: M) => void;
}

/** A piece of work that tells how it goes. */
export interface Job<M> {
  readonly topic: string;
  /** Names the job while it lives, and as long as it is remembered. Default: made by `newToken`. */
  readonly token?: string | undefined;
  /** What it works on: handed to `run`, and kept in the store. */
  readonly input?: unknown;
  /** Longest time it may run, in ms from when it starts; then it ends as `timedOut`. Default: Infinity. */
  readonly timeoutMs?: number | undefined;
  /** Most messages of an Observable, or sent, that wait until a lane has taken those before; beyond, it fails. Default: the engine's. */
  readonly bufferSize?: number | undefined;
  /** Most messages in all; beyond, it fails. Default: the engine's. */
  readonly maxMessages?: number | undefined;
  /**
   * Does the work. What is returned gives the messages, undefined is none, and its end is the end of the job. Iterables
   * and async iterables are asked for one message at a time, Observables and promises push.
   */
  readonly run: (context: JobContext<M>) => Handled<M | undefined> | PromiseLike<void>;
}

interface AnyJobMessage {
  readonly token: string;
  readonly topic: string;
  /** The number of the message within its job, counted from 1, states included. */
  readonly sequence: number;
}

/** A job has come to another state. The first message of a job, the second, and the last. */
export interface JobStateMessage extends AnyJobMessage {
  readonly kind: 'state';
  readonly operation: JobOperation;
}

/** A job tells something. */
export interface JobUserMessage<M> extends AnyJobMessage {
  readonly kind: 'message';
  readonly message: M;
}

/** What the subscribers of a topic of jobs get. */
export type JobMessage<M> = JobStateMessage | JobUserMessage<M>;

/** What one subscriber of jobs declares. The key is given: the messages of one job keep their order. */
export type JobSubscriber<M> = Omit<DeliveryContract<JobMessage<M>>, 'partitionKey'>;
