import { asyncScheduler, filter, map, Observable, startWith, Subject } from 'rxjs';
import {
  hasEnded,
  type JobEnd,
  type JobMessage,
  type JobOperation,
  type JobOperationState,
  type JobStateMessage,
} from '../../contracts/job.ts';
import type { Link } from '../topics/linked.ts';
import type { Channel } from './channel.ts';
import { JobRun } from './jobRun.ts';
import type { JobTerms } from './jobTerms.ts';
import { traceOfJob, type JobTrace } from './jobTrace.ts';
import { reasonOf } from './reasonOf.ts';

const CANCELLED = Object.assign(new Error('it was cancelled'), { name: 'Cancelled' });

/** What a {@link LiveJob} tells. */
export interface LiveJobHost<M> {
  /** It has come to another state: from `before`, or into being. Must call nobody back. */
  readonly changed: (operation: JobOperation, before: JobOperationState | undefined) => void;
  /** And that was published. */
  readonly told: (job: LiveJob<M>, operation: JobOperation) => void;
  /** What its teardown threw. */
  readonly failed: (job: LiveJob<M>, cause: unknown) => void;
  readonly lost: (how: 'late' | 'dropped', count: number) => void;
}

/** A job from when it is accepted until its last message was offered: its state, its messages, and what runs of it. */
export class LiveJob<M> {
  readonly terms: JobTerms<M>;
  readonly channel: Channel<M>;
  operation: JobOperation;
  /** Why it did not succeed. */
  cause: unknown;
  /** Its place among those that wait. */
  place: Link<LiveJob<M>> | undefined = undefined;
  /** Whether the store knows of it. */
  isKept = false;
  /** Whether it counts as running until it has left. */
  hasSlot = false;
  private readonly host: LiveJobHost<M>;
  private readonly states = new Subject<JobStateMessage>();
  messages = 0;
  private readonly trace: JobTrace | undefined;
  private stateSequence = 0;
  run: JobRun<M> | undefined = undefined;

  constructor(terms: JobTerms<M>, channel: Channel<M>, createTime: number, host: LiveJobHost<M>) {
    this.terms = terms;
    this.channel = channel;
    this.host = host;
    this.trace = traceOfJob(terms.topic);
    this.operation = Object.freeze({ id: terms.token, kind: terms.topic, state: 'queued', createTime });
  }

  get hasEnded(): boolean {
    return hasEnded(this.operation);
  }

  /** The operation now, and each that follows when its message is offered. Completes when the job leaves. */
  get operation$(): Observable<JobOperation> {
    return new Observable((subscriber) => {
      const known = this.stateSequence;
      return this.states
        .pipe(
          filter(({ sequence }) => sequence > known),
          map(({ operation }) => operation),
          startWith(this.operation),
        )
        .subscribe(subscriber);
    });
  }

  /** Tells that it waits. */
  announce(): void {
    this.tell(undefined);
  }

  /** Runs it. Only once, while it waits. */
  begin(): void {
    const run = new JobRun<M>(this.terms, {
      publish: (message) => this.publish({ kind: 'message', message }),
      lost: (how, count) => this.host.lost(how, count),
      succeeded: () => this.end('succeeded'),
      failed: (cause) => this.end('failed', cause),
      timedOut: (late) => this.end('timedOut', late),
    });
    this.run = run;
    this.become({ state: 'running', startTime: asyncScheduler.now() });
    if (this.hasEnded) return; // a subscriber has cancelled it
    if (this.trace) this.trace.start(() => run.start());
    else run.start();
  }

  /** Ends it, whatever it does. False when it had ended before. */
  end(state: JobEnd, cause?: unknown): boolean {
    if (this.hasEnded) return false;
    this.cause = cause;
    this.trace?.end(state === 'succeeded' ? undefined : (cause ?? CANCELLED));
    const error = cause === undefined && state !== 'failed' ? undefined : reasonOf(cause);
    this.become({ state, endTime: asyncScheduler.now(), ...(error && { error }) });
    return true;
  }

  /** Takes a state that was offered to every subscriber. */
  offered(message: JobStateMessage): void {
    this.states.next(message);
    if (hasEnded(message.operation)) this.states.complete();
  }

  private become(change: Partial<JobOperation>): void {
    const { state } = this.operation;
    this.operation = Object.freeze({ ...this.operation, ...change });
    if (this.hasEnded) this.cut();
    this.tell(state);
  }

  private tell(before: JobOperationState | undefined): void {
    const { operation } = this;
    this.host.changed(operation, before);
    this.stateSequence = this.messages + 1;
    void this.publish({ kind: 'state', operation });
    this.host.told(this, operation);
  }

  private cut(): void {
    try {
      this.run?.end();
    } catch (thrown) {
      this.host.failed(this, thrown);
    }
    // What a job has made that succeeded may still be read.
    if (this.operation.state !== 'succeeded') this.run?.abort(this.cause);
  }

  private publish(
    what: { kind: 'state'; operation: JobOperation } | { kind: 'message'; message: M },
  ): Observable<never> {
    const { token, topic } = this.terms;
    const message: JobMessage<M> = { token, topic, sequence: ++this.messages, ...what };
    return this.channel.publish(message);
  }
}
