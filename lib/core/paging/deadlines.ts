import { asyncScheduler, Subscription } from 'rxjs';

/** The deadlines of all calls of one walk, watched by one timer: a timer per call would cost more than most calls. */
export interface Deadlines {
  readonly afterMs: number;
  /** Calls `missed` after `afterMs`, unless unsubscribed before. */
  start(missed: () => void): Subscription;
  /** Lets go of the timer if nothing runs. */
  rest(): void;
  /** Lets go of the timer, whatever runs. */
  stop(): void;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createDeadlines(afterMs: number): Deadlines {
  // All wait equally long, so the first to start is the first to miss: a Set keeps that order.
  const running = new Set<{ readonly dueAt: number; readonly missed: () => void }>();
  let watch: Subscription | undefined;

  const look = (now: number) => {
    watch = undefined;
    for (const deadline of running) {
      if (deadline.dueAt > now) {
        const waitMs = Math.min(deadline.dueAt - now, LONGEST_TIMER_MS);
        watch = asyncScheduler.schedule(() => look(asyncScheduler.now()), waitMs);
        return;
      }
      running.delete(deadline);
      deadline.missed();
    }
  };

  const stop = () => {
    watch?.unsubscribe();
    watch = undefined;
  };

  return {
    afterMs,
    start(missed) {
      if (afterMs === Infinity) return Subscription.EMPTY;
      const now = asyncScheduler.now();
      const deadline = { dueAt: now + afterMs, missed };
      running.add(deadline);
      if (!watch) look(now);
      return new Subscription(() => running.delete(deadline));
    },
    rest() {
      if (running.size === 0) stop();
    },
    stop,
  };
}
