import type { ObservableInput } from 'rxjs';
import type { Codec } from '../../contracts/codec.ts';

/** What a job is told while it runs, and how it may tell something besides what it returns. */
export interface JobKindContext {
  readonly token: string;
  readonly kind: string;
  /** Aborted when nobody waits for the job any more: it was cancelled, took too long, failed, or the program stops. */
  readonly signal: AbortSignal;
  /** Tells a message, as an Observable would. */
  readonly send: (message: unknown) => void;
}

/** A kind of job that can be started over HTTP. */
export interface JobKind<I = unknown> {
  /** One line for people. */
  readonly description?: string | undefined;
  /** Says what the input must be; what does not fit is refused before there is a job. */
  readonly input: Codec<I>;
  /**
   * Does the work. What it returns gives the messages, JSON data of at most 16 KiB each, and its end is the end of the
   * job. The last message of a job that succeeds is its result. Of what it throws, clients hear the message only where
   * the `code` is one of rxfan's own failures, `refused` for instance; the log has all of it.
   */
  run(input: I, context: JobKindContext): ObservableInput<unknown> | undefined;
}

/** Kinds of jobs by their names. */
export type JobKinds = Readonly<Record<string, JobKind>>;

/** How much a job of one kind may take. */
export interface JobLimits {
  /** Longest time it may run, in ms from when it starts. Default: Infinity. */
  readonly timeoutMs?: number | undefined;
  /** Most messages in all; beyond, it fails. Default: 100 000. */
  readonly maxMessages?: number | undefined;
  /** Most messages that were pushed and not taken yet; beyond, it fails. Default: 1 024. */
  readonly bufferSize?: number | undefined;
}

/** What a kind can be called. */
export const KIND_NAME = /^[A-Za-z][\w.-]{0,63}$/;
