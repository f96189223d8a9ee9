import { asyncScheduler, Subject, type Observable } from 'rxjs';
import { hasEnded, type JobMessage, type JobOperation, type JobState } from '../../contracts/job.ts';
import { DuplicateTokenError, JobError, StoreError, type WorkFailure } from '../../contracts/jobFailure.ts';
import type { Channels } from './channel.ts';
import { JobChannels } from './jobChannels.ts';
import type { JobTerms } from './jobTerms.ts';
import { Journal } from './journal.ts';
import { LiveJob, type LiveJobHost } from './liveJob.ts';
import { reasonOf } from './reasonOf.ts';
import { recordOf } from './recordOf.ts';
import { Retained } from './retained.ts';
import type { Settings } from './settings.ts';
import { StartLine } from './startLine.ts';
import { Tally } from './tally.ts';
import { TopicChannels } from './topicChannels.ts';
import { whenDone } from './whenDone.ts';
import type { Attachment, WorkLedger } from './workEngine.ts';

/** Every job there is, from when it is accepted until it is forgotten, and what all of them have in common. */
export class Engine<M> implements LiveJobHost<M> {
  readonly settings: Settings;
  /** From when they are accepted until their last message was offered. */
  readonly live = new Map<string, LiveJob<M>>();
  readonly line: StartLine<M>;
  readonly retained: Retained;
  readonly journal: Journal;
  readonly channels: Channels<M>;
  readonly messages$: Observable<JobMessage<M>>;
  readonly errors$: Observable<WorkFailure>;
  /** Emits when it may have become idle. */
  readonly changes$: Observable<void>;
  private readonly messages = new Subject<JobMessage<M>>();
  private readonly errors = new Subject<WorkFailure>();
  private readonly changes = new Subject<void>();
  private readonly tally = new Tally();
  private unsettled = 0;

  constructor(settings: Settings) {
    const { store, storeTimeoutMs, retentionMs, maxRetained, channels } = settings;
    const host = {
      offered: (message: JobMessage<M>) => this.offered(message),
      failed: (failure: WorkFailure) => this.report(failure),
    };
    this.settings = settings;
    this.messages$ = this.messages.asObservable();
    this.errors$ = this.errors.asObservable();
    this.changes$ = this.changes.asObservable();
    this.line = new StartLine(settings);
    this.journal = new Journal({ store, storeTimeoutMs, failed: host.failed, idle: () => this.changes.next() });
    this.retained = new Retained({ retentionMs, maxRetained, forgotten: (operation) => this.forgotten(operation) });
    this.channels = channels === 'perJob' ? new JobChannels(settings, host) : new TopicChannels(settings, host);
  }

  /** Whether every job has ended and is settled, and the store knows. */
  get isIdle(): boolean {
    return this.unsettled === 0 && this.journal.isIdle;
  }

  /** Throws DuplicateTokenError. */
  accept(terms: JobTerms<M>, createTime = asyncScheduler.now()): LiveJob<M> {
    const { token, topic } = terms;
    if (this.live.has(token)) throw new DuplicateTokenError(token);
    const channel = this.channels.open(topic, token);
    const job = new LiveJob(terms, channel, createTime, this);
    this.unsettled++;
    whenDone(channel.settled$, () => {
      this.unsettled--;
      this.changes.next();
    });
    this.retained.forget(token);
    this.live.set(token, job);
    this.line.enter(job);
    job.announce();
    return job;
  }

  changed({ operation }: LiveJob<M>, before: JobState | undefined): void {
    this.tally.moved(before, operation.state);
  }

  told(job: LiveJob<M>): void {
    const { operation, terms, cause } = job;
    const { token, topic } = terms;
    if (operation.state === 'queued') this.keep(job);
    else if (cause instanceof StoreError) this.journal.remove(token);
    else if (!isCutOff(operation)) this.journal.put(token, () => recordOf(job));
    if (operation.state === 'failed' || operation.state === 'timedOut') {
      this.report(new JobError(token, topic, operation.error!.message, { cause }));
    }
  }

  lost(how: 'late' | 'dropped', count: number): void {
    this.tally.lose(how, count);
  }

  /** Ends a job that nobody can run. */
  giveUp(operation: JobOperation, input: unknown, cause: unknown): void {
    const { id, kind } = operation;
    const failed = { ...operation, state: 'failed', endTime: asyncScheduler.now(), error: reasonOf(cause) } as const;
    this.tally.moved(undefined, 'failed');
    this.retained.add(Object.freeze(failed));
    const { state, createTime, endTime, error } = failed;
    this.journal.put(id, () => ({ token: id, kind, input, state, createTime, endTime, error }));
    this.report(new JobError(id, kind, failed.error.message, { cause }));
  }

  failed({ terms: { token, topic } }: LiveJob<M>, cause: unknown): void {
    this.report(new JobError(token, topic, 'what it has begun could not be cut off', { cause }));
  }

  report(failure: WorkFailure): void {
    this.errors.next(failure);
    try {
      this.settings.onError(failure);
    } catch {
      // whoever takes failures has none of his own
    }
  }

  ledger(attached: readonly Attachment<M>[]): WorkLedger {
    const { jobs, messages } = this.tally;
    const subscribers = attached.map((attachment) => {
      const { id, topic } = attachment;
      return { topic, id, stats: attachment.stats() };
    });
    return { jobs, messages, subscribers };
  }

  /** Lets go of everything. */
  close(): void {
    this.channels.close();
    for (const part of [this.line, this.journal, this.retained]) part.stop();
  }

  /** Tells nobody anything any more. */
  complete(): void {
    this.messages.complete();
    this.errors.complete();
    this.changes.complete();
  }

  /** It does not run before the store knows of it. */
  private keep(job: LiveJob<M>): void {
    const kept = (error?: StoreError) => {
      job.isKept = !error;
      if (error) job.end('rejected', error);
      this.line.wake();
    };
    this.journal.put(job.terms.token, () => recordOf(job), kept);
  }

  private forgotten(operation: JobOperation): void {
    if (!isCutOff(operation)) this.journal.remove(operation.id);
  }

  private offered(message: JobMessage<M>): void {
    this.tally.publish();
    this.messages.next(message);
    const job = message.kind === 'state' ? this.live.get(message.token) : undefined;
    if (!job || message.kind !== 'state') return;
    if (hasEnded(message.operation)) this.leave(job);
    job.offered(message);
  }

  private leave(job: LiveJob<M>): void {
    this.live.delete(job.terms.token);
    this.retained.add(job.operation);
    job.channel.end();
    this.line.leave(job);
  }
}

/** Cut off by a stop, which is not the end of a job that is kept: the store goes on to say that it is in progress. */
function isCutOff({ state, error }: JobOperation): boolean {
  return (state === 'cancelled' || state === 'rejected') && error?.code === 'stopped';
}
