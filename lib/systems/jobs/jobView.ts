import type { JobOperation, JobOperationState } from '../../contracts/job.ts';

/** A job as clients see it. Times are RFC 3339. */
export interface JobView {
  /** The token of the job. */
  readonly id: string;
  readonly kind: string;
  readonly state: JobOperationState;
  readonly createTime: string;
  readonly startTime?: string;
  readonly endTime?: string;
  /** What it told last, until it has succeeded. */
  readonly lastMessage?: unknown;
  /** What it told last, once it has succeeded. */
  readonly result?: unknown;
  /** Why it did not succeed. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** Reasons whose message was written for whoever asked. A foreign error's message may tell addresses and secrets. */
const TELLABLE = new Set([
  ...['timed_out', 'message_limit', 'overflow', 'unrecoverable', 'stopped', 'store_failed', 'not_json'],
  ...['unreachable', 'refused', 'bad_format', 'not_decodable', 'too_large', 'deadline'],
]);

/** A job as clients see it; `last` is the JSON text of its last message. */
export function jobView(operation: JobOperation, last: string | undefined): JobView {
  const { id, kind, state, createTime, startTime, endTime, error } = operation;
  return {
    id,
    kind,
    state,
    createTime: timeOf(createTime),
    ...(startTime !== undefined && { startTime: timeOf(startTime) }),
    ...(endTime !== undefined && { endTime: timeOf(endTime) }),
    ...(last !== undefined && { [state === 'succeeded' ? 'result' : 'lastMessage']: JSON.parse(last) as unknown }),
    ...(error && { error: told(error) }),
  };
}

function told(error: NonNullable<JobOperation['error']>): NonNullable<JobView['error']> {
  return TELLABLE.has(error.code) ? error : { code: 'job_failed', message: 'it failed; the log says why' };
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
