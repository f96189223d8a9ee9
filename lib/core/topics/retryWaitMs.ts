import { retryDelayMs } from './retryDelayMs.ts';
import type { Terms } from './terms.ts';

/** How long to wait before a failed attempt is made again; undefined when it is not. `guarded` calls back the user. */
export function retryWaitMs(
  policy: Terms<unknown>['retry'],
  attempt: number,
  cause: unknown,
  guarded: (call: () => void) => void,
): number | undefined {
  let isWorth = false;
  let factor = 1;
  guarded(() => (isWorth = attempt <= policy.retries && policy.retryOn(cause)));
  if (!isWorth) return undefined;
  guarded(() => (factor = policy.jitter()));
  return retryDelayMs(policy, attempt, factor);
}
