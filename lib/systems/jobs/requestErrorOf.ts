import { RequestError } from '../../adapters/http/problem.ts';
import { DecodeError } from '../../contracts/failure.ts';
import { QueueFullError, StoppedError } from '../../contracts/jobFailure.ts';
import { IdempotencyKeyReusedError, JobNotKeptError, JobOverError } from './jobFailures.ts';

/** What a client is told of why a job cannot be started or cancelled; any other failure as it is. */
export function requestErrorOf(failure: unknown): unknown {
  if (failure instanceof DecodeError) return new RequestError(400, 'invalid_input', failure.message);
  if (failure instanceof IdempotencyKeyReusedError || failure instanceof JobOverError) {
    return new RequestError(409, failure.code, failure.message);
  }
  if (failure instanceof QueueFullError) {
    return new RequestError(503, failure.code, failure.message, { 'retry-after': '1' });
  }
  if (failure instanceof StoppedError) {
    return new RequestError(503, 'stopping', 'the server is stopping', { 'retry-after': '5' });
  }
  if (failure instanceof JobNotKeptError) {
    return new RequestError(503, failure.code, failure.message, { 'retry-after': '5' });
  }
  return failure;
}
