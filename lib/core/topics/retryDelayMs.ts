import type { Terms } from './terms.ts';

const MOST_DOUBLINGS = 1_000;

/** How long to wait after an attempt, counted from 1: twice as long each time, up to the longest, times a factor of chance. */
export function retryDelayMs(
  { delayMs, maxDelayMs }: Pick<Terms<unknown>['retry'], 'delayMs' | 'maxDelayMs'>,
  attempt: number,
  factor: number,
): number {
  const doublings = Math.min(attempt - 1, MOST_DOUBLINGS); // 0 times Infinity is no number
  return Math.min(delayMs * 2 ** doublings, maxDelayMs) * (factor >= 0 && factor < Infinity ? factor : 1);
}
