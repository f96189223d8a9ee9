import { asyncScheduler, type Subscription } from 'rxjs';
import { DeadlineError } from '../../contracts/sourceFailure.ts';

/** When a call is late, and who is to be told. */
export interface Deadline {
  readonly dueAt: number;
  readonly missed: (error: DeadlineError) => void;
}

/** The deadlines of all calls of one walk, watched by one timer: a timer per call would cost more than most calls. */
export interface Deadlines {
  /** Tells of a call that takes too long, unless it is settled before. */
  readonly start: (missed: (error: DeadlineError) => void) => Deadline;
  readonly settle: (deadline: Deadline) => void;
  /** Lets go of the timer if nothing runs. */
  readonly rest: () => void;
  /** Forgets what runs, and lets go of the timer. */
  readonly stop: () => void;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function createDeadlines(afterMs: number): Deadlines {
  // All wait equally long, so the first to start is the first to miss: a Set keeps that order.
  const running = new Set<Deadline>();
  let watch: Subscription | undefined;
  let looking = false;

  const set = ({ dueAt }: Deadline, now: number) => {
    const waitMs = Math.min(dueAt - now, LONGEST_TIMER_MS);
    watch = asyncScheduler.schedule(() => look(asyncScheduler.now()), waitMs);
  };

  const look = (now: number) => {
    watch = undefined;
    looking = true; // whoever is told may start others, which are among those that are looked at
    try {
      for (const deadline of running) {
        if (deadline.dueAt > now) break;
        running.delete(deadline);
        deadline.missed(new DeadlineError(afterMs));
      }
    } finally {
      looking = false;
      const [next] = running;
      if (next) set(next, now);
    }
  };

  const letGo = () => {
    watch?.unsubscribe();
    watch = undefined;
  };

  return {
    start(missed) {
      const now = asyncScheduler.now();
      const deadline = { dueAt: now + afterMs, missed };
      if (afterMs === Infinity) return deadline;
      running.add(deadline);
      if (!watch && !looking) set(deadline, now);
      return deadline;
    },
    settle: (deadline) => void running.delete(deadline),
    rest() {
      if (running.size === 0) letGo();
    },
    stop() {
      running.clear();
      letGo();
    },
  };
}
