import type { Observable } from 'rxjs';

/** Where a job stands. The last four are the end of it. */
export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'timedOut';

/** What is known of a job, as JSON. */
export interface JobRecord {
  /** Names the job: any text. */
  readonly token: string;
  /** Says what kind of work it is. */
  readonly kind: string;
  /** What the work was started with: JSON data. */
  readonly input: unknown;
  readonly state: JobState;
  /** Times are in ms of the clock. */
  readonly createTime: number;
  readonly startTime?: number | undefined;
  readonly endTime?: number | undefined;
  /** Why it did not succeed. */
  readonly error?: { readonly code: string; readonly message: string } | undefined;
}

/**
 * Keeps records of jobs. Nothing happens before a result is subscribed to; each completes when it is done. Calls for the
 * same token take effect in the order they were subscribed to.
 */
export interface JobStore {
  /**
   * Keeps a record in place of the one with its token. Completes when it is kept, and errors with NotJsonError when JSON
   * cannot carry it. Unsubscribing does not undo it.
   */
  put(record: JobRecord): Observable<never>;
  /** Forgets the record of a token; one that is not there is forgotten already. */
  remove(token: string): Observable<never>;
  /**
   * Emits each record once, in no particular order. When some cannot be read it emits all others, and then errors with
   * BrokenRecordsError.
   */
  list(): Observable<JobRecord>;
}
