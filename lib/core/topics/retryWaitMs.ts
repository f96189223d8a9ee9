import { retryDelayMs } from '../../boundary/retryDelayMs.ts';
import type { Terms } from './terms.ts';

/** How long to wait before a failed attempt is made again; undefined when it is not. `guarded` calls back the user. */
export function retryWaitMs(
  policy: Terms<unknown>['retry'],
  attempt: number,
  cause: unknown,
  guarded: <T>(call: () => T) => T | undefined,
): number | undefined {
  if (attempt > policy.retries || !guarded(() => policy.retryOn(cause))) return undefined;
  return retryDelayMs(policy, attempt, guarded(() => policy.jitter()) ?? 1);
}
