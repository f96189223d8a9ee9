import type { Observable } from 'rxjs';
import type { JobMessage, JobSubscriber } from '../../contracts/job.ts';
import type { Attached } from '../topics/attached.ts';
import type { Attachment } from './workEngine.ts';

/** The way of the messages of one job to the subscribers of its topic. */
export interface Channel<M> {
  /** Completes once no lane has to make room for the message any more. */
  publish(message: JobMessage<M>): Observable<never>;
  /** Says that the last message was offered. */
  end(): void;
  /** Completes when that is so, and every message is settled. */
  readonly settled$: Observable<never>;
  /** Those of this job alone. */
  lanes(): readonly Attached<JobMessage<M>>[];
  /** Those that have to make room before anything more is taken. */
  blocking(): readonly Attached<JobMessage<M>>[];
}

/** The channels of all jobs, and who is at their other end. */
export interface Channels<M> {
  attach(topic: string, subscriber: JobSubscriber<M>): Attachment<M>;
  /** Those that have not ended. */
  attachments(): readonly Attachment<M>[];
  open(topic: string, token: string): Channel<M>;
  /** Ends everything at once: what is held is discarded. */
  close(): void;
}

/** What channels tell. */
export interface ChannelsHost<M, F> {
  /** A message was offered to every subscriber. */
  readonly offered: (message: JobMessage<M>) => void;
  readonly failed: (failure: F) => void;
}
