import type { JobOperation } from '../../contracts/job.ts';

/** What an operation says of why it did not succeed, whatever was thrown: an error's message may be a getter that throws. */
export function reasonOf(cause: unknown): NonNullable<JobOperation['error']> {
  try {
    if (!(cause instanceof Error)) return { code: 'job_failed', message: String(cause) };
    const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : 'job_failed';
    const message: unknown = cause.message;
    return { code, message: String(message) };
  } catch {
    return { code: 'job_failed', message: 'something that cannot be told in words' };
  }
}
