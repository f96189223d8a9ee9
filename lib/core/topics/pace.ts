import { asyncScheduler, type Subscription } from 'rxjs';

/** Longest time without a look at the timers of the process. */
const LONGEST_MS = 10;
const MOST_UNSEEN = 64;

/**
 * Tells when a loop has run long enough and should let timers have a turn. The clock is read after every 64th step where
 * steps are short, and after every one where they are not.
 */
export class Pace {
  private readonly resume: () => void;
  private left = 1;
  private stride = 1;
  private seenAt = 0;
  private startedAt = 0;
  private turn: Subscription | undefined; // fires when timers have had their turn
  private isWaiting = false;

  constructor(resume: () => void) {
    this.resume = resume;
  }

  /** Whether the loop must stop here; it is resumed by itself. To be asked before every step. */
  isOver(): boolean {
    if (this.isWaiting) return true;
    if (this.left-- > 0) return false;
    const now = asyncScheduler.now();
    if (!this.turn) {
      this.startedAt = now;
      this.seenAt = now;
      this.turn = asyncScheduler.schedule(() => this.turned());
    }
    this.stride = now - this.seenAt > 1 ? 0 : Math.min(this.stride * 2 + 1, MOST_UNSEEN);
    this.seenAt = now;
    this.left = this.stride;
    this.isWaiting = now - this.startedAt >= LONGEST_MS;
    return this.isWaiting;
  }

  /** Lets go of the timer; only while nothing waits to be resumed. */
  rest(): void {
    this.turn?.unsubscribe();
    this.turn = undefined;
    this.left = 1;
    this.isWaiting = false;
  }

  private turned(): void {
    const wasWaiting = this.isWaiting;
    this.rest();
    if (wasWaiting) this.resume();
  }
}
