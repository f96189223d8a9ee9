import { UnreachableError } from '../../contracts/failure.ts';
import { QueueConfigError } from '../../contracts/transportFailure.ts';

/** What the broker says to a declaration that it will never take: not allowed, in use by another alone, not like this. */
const CONFIGURATION = new Set([403, 405, 406]);
/** The classes of methods that declare: exchange, queue, and consuming from one. */
const DECLARING = new Set([40, 50, 60]);

/** Turns what a channel died of into a typed failure. `what` is the queue or exchange it was for. */
export function channelFailure(what: string, cause: unknown): QueueConfigError | UnreachableError {
  if (cause instanceof QueueConfigError || cause instanceof UnreachableError) return cause;
  const message = cause instanceof Error ? cause.message : 'the channel was closed';
  return isConfiguration(cause)
    ? new QueueConfigError(what, `${message}; declare it as it is, or delete it`, { cause })
    : new UnreachableError(what, message, { cause });
}

/** An answer to a declaration alone: a late acknowledgement, or a handler that took half an hour, has the same number. */
function isConfiguration(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause) || !cause.message.startsWith('Operation failed')) return false;
  const method = 'classId' in cause ? Number(cause.classId) : 0;
  return CONFIGURATION.has(Number(cause.code)) && DECLARING.has(method);
}
