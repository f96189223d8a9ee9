/** A job: see /openapi.json. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'timedOut' | 'rejected';
  readonly createTime: string;
  readonly startTime?: string;
  readonly endTime?: string;
  readonly lastMessage?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** A kind of job, and what its input must be. */
export interface JobKind {
  readonly name: string;
  readonly description: string;
  readonly input: string;
}
