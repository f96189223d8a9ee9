import { Observable, type Subscription } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import type { JobContext } from '../../contracts/job.ts';
import { JobTimeoutError } from '../../contracts/jobFailure.ts';
import type { JobTerms } from './jobTerms.ts';
import { readMessages, type ReadOptions } from './readMessages.ts';

/** What a {@link JobRun} tells. */
export interface JobRunHost<M> extends Pick<ReadOptions<M>, 'publish' | 'lost'> {
  readonly succeeded: () => void;
  readonly failed: (cause: unknown) => void;
  readonly timedOut: (late: JobTimeoutError) => void;
}

/** One call of a job's `run`: what it is told, how long it may take, and how it is cut off. */
export class JobRun<M> implements JobContext<M> {
  readonly token: string;
  readonly topic: string;
  readonly input: unknown;
  send: (message: M) => void = () => undefined;
  private readonly terms: JobTerms<M>;
  private readonly host: JobRunHost<M>;
  private work: Subscription | undefined = undefined;
  private deadline: Subscription | undefined = undefined;
  private controller: AbortController | undefined = undefined;
  private aborted: { readonly cause: unknown } | undefined = undefined;

  constructor(terms: JobTerms<M>, host: JobRunHost<M>) {
    this.terms = terms;
    this.host = host;
    this.token = terms.token;
    this.topic = terms.topic;
    this.input = terms.input;
  }

  /** Made when the job asks for it: many never do. */
  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.aborted) this.controller.abort(this.aborted.cause);
    return this.controller.signal;
  }

  start(): void {
    const { timeoutMs, bufferSize, maxMessages } = this.terms;
    const { publish, lost, succeeded, failed, timedOut } = this.host;
    this.deadline = after(timeoutMs, () => timedOut(new JobTimeoutError(timeoutMs)));
    new Observable<never>((upstream) => {
      this.work = upstream; // before it runs, so that it can be cut off from within
      const how = { publish, bufferSize, maxMessages, work: this, lost };
      return readMessages<M>({ ...how, open: (send) => this.open(send) }).subscribe(upstream);
    }).subscribe({ error: failed, complete: succeeded });
  }

  /** Lets go of what it has begun. */
  end(): void {
    this.deadline?.unsubscribe();
    this.work?.unsubscribe();
  }

  abort(cause: unknown): void {
    this.aborted = { cause };
    this.controller?.abort(cause);
  }

  private open(send: (message: M) => void): ReturnType<JobTerms<M>['run']> {
    this.send = send;
    return this.terms.run(this);
  }
}
