import { BlockedUrlError } from '../../adapters/guard/blockedTarget.ts';
import { RequestError } from '../../adapters/http/problem.ts';
import {
  InvalidRegistrationError,
  ObserverUnavailableError,
  RegistrationLimitError,
  RegistrationTakenError,
  UnknownRegistrationError,
} from '../../contracts/observerFailure.ts';
import { InvalidPageTokenError, PageTokenMismatchError } from '../../contracts/pageTokenFailure.ts';

/** What a client is told of why something cannot be registered or removed; any other failure as it is. */
export function observerProblem(failure: unknown): unknown {
  if (failure instanceof InvalidRegistrationError) return new RequestError(400, failure.code, failure.message);
  if (failure instanceof BlockedUrlError) return new RequestError(400, failure.code, failure.message);
  if (failure instanceof RegistrationTakenError) return new RequestError(409, failure.code, failure.message);
  if (failure instanceof RegistrationLimitError) return new RequestError(429, 'limit_reached', failure.message);
  if (failure instanceof UnknownRegistrationError) {
    // The same for one that is not there and one of somebody else.
    return new RequestError(404, failure.code, 'you have no such registration');
  }
  // A page token of somebody else looks like any other wrong one; of one's own there is nothing to mismatch.
  if (failure instanceof PageTokenMismatchError) return new InvalidPageTokenError();
  if (failure instanceof ObserverUnavailableError) {
    return new RequestError(503, failure.code, failure.message, { 'retry-after': '5' });
  }
  return failure;
}
