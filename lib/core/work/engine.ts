import { asyncScheduler } from 'rxjs';
import { hasEnded, type JobMessage, type JobOperation, type JobOperationState } from '../../contracts/job.ts';
import { JobError, type StoreError, type WorkFailure } from '../../contracts/jobFailure.ts';
import { Books } from './books.ts';
import type { Channels } from './channel.ts';
import { JobChannels } from './jobChannels.ts';
import type { JobTerms } from './jobTerms.ts';
import { LiveJob, type LiveJobHost } from './liveJob.ts';
import { Outlets } from './outlets.ts';
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
  readonly books: Books<M>;
  readonly channels: Channels<M>;
  readonly outlets: Outlets<M>;
  /** Nothing is to be accepted any more. */
  isStopped = false;
  readonly tally = new Tally();
  private unsettled = 0;
  private telling = 0; // states that are known here, and not yet to everybody

  constructor(settings: Settings) {
    const outlets = new Outlets<M>(settings.onError);
    const failed = (failure: WorkFailure) => outlets.failed(failure);
    const host = { offered: (message: JobMessage<M>) => this.offered(message), failed };
    this.settings = settings;
    this.outlets = outlets;
    this.line = new StartLine(settings);
    this.books = new Books(settings, { failed, idle: () => outlets.changed() });
    this.channels =
      settings.channels === 'perJob' ? new JobChannels(settings, host) : new TopicChannels(settings, host);
  }

  /** Whether every job has ended and is settled, and the store knows. */
  get isIdle(): boolean {
    return this.unsettled === 0 && this.telling === 0 && this.books.journal.isIdle;
  }

  /** Only while it is not stopped, and no job of that token lives. */
  accept(terms: JobTerms<M>, createTime = asyncScheduler.now()): LiveJob<M> {
    const { token, topic } = terms;
    const channel = this.channels.open(topic, token);
    const job = new LiveJob(terms, channel, createTime, this);
    this.unsettled++;
    whenDone(channel.settled$, () => {
      this.unsettled--;
      this.outlets.changed();
    });
    this.books.retained.forget(token);
    this.live.set(token, job);
    this.line.enter(job);
    job.announce();
    return job;
  }

  /** Ends a job that nobody can run, and of which nobody can be told. */
  giveUp(operation: JobOperation, input: unknown, cause: unknown): void {
    this.tally.moved(undefined, 'failed');
    const { id, kind, error } = this.books.giveUp(operation, input, cause);
    this.outlets.failed(new JobError(id, kind, error.message, { cause }));
  }

  changed({ state }: JobOperation, before: JobOperationState | undefined): void {
    this.tally.moved(before, state);
    this.telling++;
  }

  told(job: LiveJob<M>, operation: JobOperation): void {
    const { terms, cause } = job;
    if (operation.state === 'queued') this.keep(job);
    else if (this.isKnown(job, operation)) this.books.note(job, operation);
    if (operation.state === 'failed' || operation.state === 'timedOut') {
      this.outlets.failed(new JobError(terms.token, terms.topic, operation.error!.message, { cause }));
    }
    this.telling--;
    this.outlets.changed();
  }

  lost(how: 'late' | 'dropped', count: number): void {
    this.tally.lose(how, count);
  }

  failed({ terms: { token, topic } }: LiveJob<M>, cause: unknown): void {
    this.outlets.failed(new JobError(token, topic, 'what it has begun could not be cut off', { cause }));
  }

  ledger(attached: readonly Attachment<M>[]): WorkLedger {
    const { jobs, messages } = this.tally;
    return {
      jobs,
      messages,
      subscribers: attached.map((one) => ({ topic: one.topic, id: one.id, stats: one.stats() })),
    };
  }

  /** Lets go of everything. */
  close(): void {
    this.channels.close();
    this.line.stop();
    this.books.stop();
  }

  /** It does not run before the store knows of it. */
  private keep(job: LiveJob<M>): void {
    this.books.open(job, (error?: StoreError) => {
      job.isKept = !error;
      if (error) job.end('rejected', error);
      this.line.wake();
    });
  }

  /** It may have left and be forgotten, by the time that its end was told. */
  private isKnown(job: LiveJob<M>, operation: JobOperation): boolean {
    const { token } = job.terms;
    return this.live.get(token) === job || this.books.retained.get(token) === operation;
  }

  private offered(message: JobMessage<M>): void {
    this.tally.publish();
    this.outlets.message(message);
    if (message.kind !== 'state') return;
    const job = this.live.get(message.token);
    if (job && hasEnded(message.operation)) this.leave(job);
    job?.offered(message);
  }

  private leave(job: LiveJob<M>): void {
    this.live.delete(job.terms.token);
    this.books.retained.add(job.operation);
    job.channel.end();
    this.line.leave(job);
  }
}
