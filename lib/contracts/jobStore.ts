import type { Observable } from 'rxjs';

/** What is kept of a job, so that it can be started again after a crash. */
export interface JobRecord {
  readonly token: string;
  /** The topic of the job. */
  readonly kind: string;
  /** What the job was given: anything that JSON can tell. */
  readonly input: unknown;
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'timedOut';
  /** In ms of the clock, as the others. */
  readonly createTime: number;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Keeps the records of jobs beyond the process. Everything completes when it is done. */
export interface JobStore {
  /** Writes the record in the place of the one with the same token. */
  put(record: JobRecord): Observable<never>;
  /** Forgets the record, if there is one. */
  remove(token: string): Observable<never>;
  /** Emits every record that is kept. */
  list(): Observable<JobRecord>;
}
