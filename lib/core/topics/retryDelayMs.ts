import type { Terms } from './terms.ts';

/** How long to wait after an attempt, counted from 1: twice as long each time, up to the longest. */
export function retryDelayMs({ delayMs, maxDelayMs, jitter }: Terms<unknown>['retry'], attempt: number): number {
  const factor = jitter();
  return Math.min(delayMs * 2 ** (attempt - 1), maxDelayMs) * (factor >= 0 && factor < Infinity ? factor : 1);
}
