import { NotifyError } from '../../contracts/notifier.ts';

const LONGEST_REST_MS = 86_400_000;

/** What a failed attempt comes to. */
export type Verdict =
  | { readonly kind: 'retry' }
  | { readonly kind: 'fail'; readonly restMs: number; readonly isGone: boolean }
  | { readonly kind: 'busy' };

/** What a failed attempt comes to: only what may be different soon is tried again. */
export function verdictOn(failure: unknown): Verdict {
  if (!(failure instanceof NotifyError)) return { kind: 'fail', restMs: 0, isGone: false };
  const { kind, status = 0, retryAfterMs } = failure;
  if (kind === 'stillRunning') return { kind: 'busy' };
  if (kind === 'gone' || status === 410) return { kind: 'fail', restMs: 0, isGone: true };
  if (retryAfterMs !== undefined) return { kind: 'fail', restMs: restOf(retryAfterMs), isGone: false };
  const isPassing = kind === 'connection' || kind === 'timeout' || (kind === 'status' && isPassingStatus(status));
  return isPassing ? { kind: 'retry' } : { kind: 'fail', restMs: 0, isGone: false };
}

function isPassingStatus(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429;
}

/** A target cannot ask to be left alone for ever, nor for less than nothing. */
function restOf(retryAfterMs: number): number {
  return retryAfterMs > 0 ? Math.min(retryAfterMs, LONGEST_REST_MS) : 0;
}
