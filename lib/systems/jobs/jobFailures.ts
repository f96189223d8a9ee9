import type { JobOperationState } from '../../contracts/job.ts';

/** A request has the name of another one, and asks for something else. */
export class IdempotencyKeyReusedError extends Error {
  override readonly name = 'IdempotencyKeyReusedError';
  readonly code = 'idempotency_key_reused';
  readonly token: string;

  constructor(token: string) {
    super(`this Idempotency-Key started the job ${token}, of another kind or with another input: use a new one`);
    this.token = token;
  }
}

/** A job cannot be cancelled: it has come to another end. */
export class JobOverError extends Error {
  override readonly name = 'JobOverError';
  readonly code = 'job_over';
  readonly token: string;
  readonly state: JobOperationState;

  constructor(token: string, state: JobOperationState) {
    super(`the job has ended as ${state}: there is nothing to cancel`);
    this.token = token;
    this.state = state;
  }
}

/** The store of jobs did not take a job, which therefore never ran. */
export class JobNotKeptError extends Error {
  override readonly name = 'JobNotKeptError';
  readonly code = 'not_kept';

  constructor() {
    super('the job could not be stored, and was not started: try again later');
  }
}
