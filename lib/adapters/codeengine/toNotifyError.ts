import { shownText } from '../../boundary/shownText.ts';
import { DecodeError, FormatError, RefusedError } from '../../contracts/failure.ts';
import { inWords } from '../../contracts/inWords.ts';
import { NotifyError, type NotifyFailureKind } from '../../contracts/notifier.ts';
import { DeadlineError } from '../../contracts/sourceFailure.ts';

/** Why no run was started, under its class. */
export function toNotifyError(target: string, failure: unknown): NotifyError {
  if (failure instanceof NotifyError) return failure;
  const status = failure instanceof RefusedError ? failure.status : undefined;
  return new NotifyError(kindOf(failure), shownText(target), shownText(inWords(failure)), {
    cause: failure,
    ...(status !== undefined && { status }),
  });
}

function kindOf(failure: unknown): NotifyFailureKind {
  if (failure instanceof RefusedError) return 'status';
  if (failure instanceof DecodeError || failure instanceof FormatError) return 'protocol';
  return failure instanceof Error && failure.cause instanceof DeadlineError ? 'timeout' : 'connection';
}
