import { asyncScheduler } from 'rxjs';
import type { JobOperation } from '../../contracts/job.ts';
import { StoreError } from '../../contracts/jobFailure.ts';
import { Journal, type JournalOptions } from './journal.ts';
import type { LiveJob } from './liveJob.ts';
import { reasonOf } from './reasonOf.ts';
import { recordOf } from './recordOf.ts';
import { Retained } from './retained.ts';
import type { Settings } from './settings.ts';

/** What is known of jobs beyond their lives: in memory for a time, and in the store. */
export class Books<M> {
  readonly journal: Journal;
  readonly retained: Retained<JobOperation>;

  constructor(settings: Settings, told: Pick<JournalOptions, 'failed' | 'idle'>) {
    const { store, storeTimeoutMs, retentionMs, maxRetained } = settings;
    this.journal = new Journal({ store, storeTimeoutMs, ...told });
    this.retained = new Retained({
      retentionMs,
      maxRetained,
      forgotten: (operation) => {
        if (!isCutOff(operation)) this.journal.remove(operation.id);
      },
    });
  }

  /** Writes a job down for the first time, and tells whether that was done. */
  open(job: LiveJob<M>, done: (error?: StoreError) => void): void {
    this.journal.put(job.terms.token, () => recordOf(job), done);
  }

  /** Writes down what a job has become. */
  note(job: LiveJob<M>, operation: JobOperation): void {
    const { token } = job.terms;
    if (job.cause instanceof StoreError) this.journal.remove(token);
    else if (!isCutOff(operation)) this.journal.put(token, () => recordOf(job));
  }

  /** Writes down that nobody can run a job. */
  giveUp(
    operation: JobOperation,
    input: unknown,
    cause: unknown,
  ): JobOperation & Required<Pick<JobOperation, 'error'>> {
    const { id, kind, createTime } = operation;
    const end = { state: 'failed', endTime: asyncScheduler.now(), error: reasonOf(cause) } as const;
    const failed = Object.freeze({ ...operation, ...end });
    this.retained.add(failed);
    this.journal.put(id, () => ({ token: id, kind, input, createTime, ...end }));
    return failed;
  }

  stop(): void {
    this.journal.stop();
    this.retained.stop();
  }
}

/** Cut off by a stop, which is not the end of a job that is kept: the store goes on to say that it is in progress. */
function isCutOff({ state, error }: JobOperation): boolean {
  return (state === 'cancelled' || state === 'rejected') && error?.code === 'stopped';
}
