import { StoppedError } from '../../contracts/jobFailure.ts';
import type { JobRecord } from '../../contracts/jobStore.ts';
import type { LiveJob } from './liveJob.ts';

/** What the store is to know of a job. A stop is not the end of it: it is in progress until somebody has run it. */
export function recordOf<M>({ operation, terms, cause }: LiveJob<M>): JobRecord {
  const { id, kind, state, createTime, startTime, endTime, error } = operation;
  const kept = { token: id, kind, input: terms.input, createTime, ...(startTime !== undefined && { startTime }) };
  if (cause instanceof StoppedError || state === 'rejected') {
    return { ...kept, state: startTime === undefined ? 'queued' : 'running' };
  }
  return { ...kept, state, ...(endTime !== undefined && { endTime }), ...(error && { error }) };
}
