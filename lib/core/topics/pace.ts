import { asyncScheduler, type Subscription } from 'rxjs';

/** Longest time without a look at the timers of the process: 10, less what goes by unseen. */
const LONGEST_MS = 8;
const MOST_UNSEEN = 64;

/**
 * Tells when a loop has run long enough and should let timers have a turn. The clock is read after every 64th step where
 * steps are short, and after every one where they are not: never twice as many unseen as took no time to be seen.
 */
export class Pace {
  private readonly resume: () => void;
  private unseen = 0; // steps to be made before the clock is read again
  private stride = 0;
  private startedAt = -1;
  private seenAt = 0;
  private turn: Subscription | undefined = undefined; // while timers have their turn

  constructor(resume: () => void) {
    this.resume = resume;
  }

  /** Whether timers have their turn now. */
  get isResting(): boolean {
    return this.turn !== undefined;
  }

  /** Begins a loop. Its first step is free. */
  begin(): void {
    this.unseen = 1;
    this.stride = 0;
    this.startedAt = -1;
  }

  /** Whether the loop must stop here; it is resumed by itself. To be asked before every step. */
  isOver(): boolean {
    if (this.turn) return true;
    if (this.unseen-- > 0) return false;
    const now = asyncScheduler.now();
    if (this.startedAt < 0) this.startedAt = now;
    this.stride = now > this.seenAt ? 0 : Math.min(this.stride * 2 + 1, MOST_UNSEEN);
    this.unseen = this.stride;
    this.seenAt = now;
    if (now - this.startedAt < LONGEST_MS) return false;
    this.turn = asyncScheduler.schedule(() => {
      this.turn = undefined;
      this.resume();
    });
    return true;
  }

  /** Lets go of the timer; only where nothing waits to be resumed. */
  rest(): void {
    this.turn?.unsubscribe();
    this.turn = undefined;
  }
}
