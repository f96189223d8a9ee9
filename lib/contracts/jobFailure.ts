import type { DeliveryError } from './deliveryFailure.ts';

/** A job was started with the token of one that has not ended. */
export class DuplicateTokenError extends Error {
  override readonly name = 'DuplicateTokenError';
  readonly code = 'duplicate_token';
  readonly token: string;

  constructor(token: string) {
    super(`the job ${token} has not ended: start this one with another token, or later`);
    this.token = token;
  }
}

/** As many jobs run and wait as may. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
  readonly code = 'queue_full';
  readonly maxRunning: number;
  readonly maxQueued: number;

  constructor(maxRunning: number, maxQueued: number) {
    super(`${maxRunning} jobs run and ${maxQueued} wait: try again later`);
    this.maxRunning = maxRunning;
    this.maxQueued = maxQueued;
  }
}

/** The engine was stopped: it starts nothing any more, and what was cut off has this for a reason. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  readonly code = 'stopped';

  constructor() {
    super('the work engine was stopped');
  }
}

/** Nobody remembers a job of this token: it never was, or it ended too long ago. */
export class UnknownJobError extends Error {
  override readonly name = 'UnknownJobError';
  readonly code = 'unknown_job';
  readonly token: string;

  constructor(token: string) {
    super(`there is no job ${token}: it never was, or it ended too long ago`);
    this.token = token;
  }
}

/** A job took longer than it may. */
export class JobTimeoutError extends Error {
  override readonly name = 'JobTimeoutError';
  readonly code = 'timed_out';
  readonly timeoutMs: number;

  constructor(timeoutMs: number) {
    super(`not done within ${timeoutMs} ms`);
    this.timeoutMs = timeoutMs;
  }
}

/** A job gave more messages than it may. */
export class MessageLimitError extends Error {
  override readonly name = 'MessageLimitError';
  readonly code = 'message_limit';
  readonly maxMessages: number;

  constructor(maxMessages: number) {
    super(`more than ${maxMessages} messages: give fewer, or raise maxMessages`);
    this.maxMessages = maxMessages;
  }
}

/** A job was in progress when the process ended, and nobody can make it again. */
export class UnrecoverableJobError extends Error {
  override readonly name = 'UnrecoverableJobError';
  readonly code = 'unrecoverable';
  readonly kind: string;

  constructor(kind: string, options?: ErrorOptions) {
    super(
      `it was in progress when the process ended, and no job of the kind ${kind} can be made of what is kept`,
      options,
    );
    this.kind = kind;
  }
}

/** A job did not succeed: it failed, took too long, or could not be accepted. The reason is the `cause`. */
export class JobError extends Error {
  override readonly name = 'JobError';
  readonly code = 'job_failed';
  readonly token: string;
  readonly topic: string;

  constructor(token: string, topic: string, reason: string, options: { readonly cause: unknown }) {
    super(`${topic} ${token}: ${reason}`, options);
    this.token = token;
    this.topic = topic;
  }
}

/** The store of jobs failed, or did not answer in time. The reason is the `cause`. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code = 'store_failed';
  readonly action: 'put' | 'remove' | 'list';
  /** Of the job it was about, if it was about one. */
  readonly token: string | undefined;

  constructor(action: StoreError['action'], token: string | undefined, options: { readonly cause: unknown }) {
    super(`the store of jobs failed to ${action}${token === undefined ? '' : ` ${token}`}`, options);
    this.action = action;
    this.token = token;
  }
}

/** More jobs than may have ended with messages that are not settled. What this one's subscribers still held was discarded. */
export class UnsettledError extends Error {
  override readonly name = 'UnsettledError';
  readonly code = 'unsettled';
  readonly token: string;
  readonly maxUnsettled: number;

  constructor(token: string, maxUnsettled: number) {
    super(`${maxUnsettled} jobs that ended after ${token} have messages that are not settled: its own were discarded`);
    this.token = token;
    this.maxUnsettled = maxUnsettled;
  }
}

/** What a work engine tells on `errors$`. */
export type WorkFailure = DeliveryError | JobError | StoreError | UnsettledError;
