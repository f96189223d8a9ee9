/** How long the waits between attempts are, in ms. */
export interface RetryDelays {
  /** Before the second attempt. */
  readonly delayMs: number;
  /** The longest. */
  readonly maxDelayMs: number;
}

const MOST_DOUBLINGS = 1_000;

/** How long to wait after an attempt, counted from 1: twice as long each time, up to the longest, times a factor of chance. */
export function retryDelayMs({ delayMs, maxDelayMs }: RetryDelays, attempt: number, factor = 1): number {
  const doublings = Math.min(attempt - 1, MOST_DOUBLINGS); // 0 times Infinity is no number
  return Math.min(delayMs * 2 ** doublings, maxDelayMs) * (factor >= 0 && factor < Infinity ? factor : 1);
}
