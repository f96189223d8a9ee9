import { asyncScheduler, Subscription } from 'rxjs';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Does something once, `delayMs` from now, unless it is unsubscribed before. Longer than a timer can wait is fine. */
export function after(delayMs: number, work: () => void): Subscription {
  const waiting = new Subscription();
  const wait = (leftMs: number): void => {
    const stepMs = Math.min(leftMs, LONGEST_TIMER_MS);
    const step = asyncScheduler.schedule(() => {
      waiting.remove(step);
      if (stepMs < leftMs) wait(leftMs - stepMs);
      else work();
    }, stepMs);
    waiting.add(step);
  };
  if (delayMs !== Infinity) wait(delayMs);
  return waiting;
}
