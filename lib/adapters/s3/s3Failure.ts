import { NotJsonError } from '../../boundary/canonicalJson.ts';
import { shownText } from '../../boundary/shownText.ts';
import { TooLargeError } from '../../boundary/tooLargeError.ts';
import { DecodeError, FormatError, RefusedError, UnreachableError } from '../../contracts/failure.ts';
import { inWords } from '../../contracts/inWords.ts';
import { StoreConflictError } from '../../contracts/registryStore.ts';

const OURS = [
  NotJsonError,
  TooLargeError,
  DecodeError,
  FormatError,
  RefusedError,
  UnreachableError,
  StoreConflictError,
];

/** What went wrong, as the contracts have it. The SDK's own error has the request in it, and is left out. */
export function s3Failure(where: string, failure: unknown): Error {
  if (OURS.some((type) => failure instanceof type)) return failure as Error;
  const status = statusOf(failure);
  const code = failure instanceof Error ? failure.name : '';
  const reason = shownText(
    [status === undefined ? '' : `status ${status}`, code, inWords(failure)].filter(Boolean).join(', '),
  );
  if (status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429)
    return new RefusedError(where, reason, { status });
  return new UnreachableError(where, reason);
}

/** The HTTP status of an answer of the store, where there was one. */
export function statusOf(failure: unknown): number | undefined {
  if (typeof failure !== 'object' || failure === null || !('$metadata' in failure)) return undefined;
  const { $metadata: metadata } = failure;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** Whether the condition of a write was not met, or a write at the same time was faster. */
export function isConflict(failure: unknown): boolean {
  const status = statusOf(failure);
  return status === 412 || status === 409;
}

/** Whether there is no such object. */
export function isAbsent(failure: unknown): boolean {
  return statusOf(failure) === 404 && !(failure instanceof Error && failure.name === 'NoSuchBucket');
}
