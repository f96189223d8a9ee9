import { asyncScheduler, type Subscription } from 'rxjs';
import { DeadlineError } from '../../contracts/sourceFailure.ts';

/** When a call is late, and who is to be told. */
export interface Deadline {
  readonly dueAt: number;
  readonly missed: (error: DeadlineError) => void;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The deadlines of many calls, watched by one timer: a timer per call would cost more than most calls. */
export class Deadlines {
  private readonly afterMs: number;
  // All wait equally long, so the first to start is the first to miss: a Set keeps that order.
  private readonly running = new Set<Deadline>();
  private watch: Subscription | undefined = undefined;
  private isLooking = false;

  constructor(afterMs: number) {
    this.afterMs = afterMs;
  }

  /** When a call that starts then is late. */
  dueAfter(startedAt: number): number {
    return startedAt + this.afterMs;
  }

  /** Tells of a call that takes too long, unless it is settled before. */
  start(deadline: Deadline): void {
    if (this.afterMs === Infinity) return;
    this.running.add(deadline);
    if (!this.watch && !this.isLooking) this.wait(deadline, deadline.dueAt - this.afterMs);
  }

  /** Tells of a call that starts now and has no deadline yet. */
  startNew(missed: Deadline['missed']): Deadline {
    const deadline = { dueAt: this.dueAfter(asyncScheduler.now()), missed };
    this.start(deadline);
    return deadline;
  }

  settle(deadline: Deadline): void {
    this.running.delete(deadline);
  }

  /** Lets go of the timer if nothing runs. */
  rest(): void {
    if (this.running.size === 0) this.stop();
  }

  /** Forgets what runs, and lets go of the timer. */
  stop(): void {
    this.running.clear();
    this.watch?.unsubscribe();
    this.watch = undefined;
  }

  private wait({ dueAt }: Deadline, now: number): void {
    const waitMs = Math.min(dueAt - now, LONGEST_TIMER_MS);
    this.watch = asyncScheduler.schedule(() => this.look(asyncScheduler.now()), waitMs);
  }

  private look(now: number): void {
    this.watch = undefined;
    this.isLooking = true; // whoever is told may start others, which are among those that are looked at
    try {
      for (const deadline of this.running) {
        if (deadline.dueAt > now) break;
        this.running.delete(deadline);
        deadline.missed(new DeadlineError(this.afterMs));
      }
    } finally {
      this.isLooking = false;
      const [next] = this.running;
      if (next) this.wait(next, now);
    }
  }
}
