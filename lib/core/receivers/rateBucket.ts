/** How many may pass, see {@link RateBucket}. */
export interface RateBucketOptions {
  readonly perSecond: number;
  /** How many may pass at once when none did for a while. */
  readonly burst: number;
}

/** Intervals are no whole numbers, and their sums are not exact. */
const TOLERANCE_MS = 1e-6;

/** A bucket of tokens, told by the time at which it is full again. It has no clock. */
export class RateBucket {
  private readonly intervalMs: number;
  private readonly slackMs: number;
  private fullAt = -Infinity;

  constructor({ perSecond, burst }: RateBucketOptions) {
    this.intervalMs = 1_000 / perSecond;
    this.slackMs = (burst - 1) * this.intervalMs;
  }

  /** Takes a token, if there is one. Who has waited for it may be late: by so much at most, the next one is not. */
  take(now: number, lateMs = 0): boolean {
    if (this.waitMs(now, 0) > 0) return false;
    this.fullAt = Math.max(this.fullAt, now - lateMs) + this.intervalMs;
    return true;
  }

  /** How long until there is a token, if so many others are taken before. */
  waitMs(now: number, ahead: number): number {
    this.fullAt = Math.min(this.fullAt, now + this.slackMs + this.intervalMs); // the clock may have been set back
    const waitMs = this.fullAt + ahead * this.intervalMs - this.slackMs - now;
    return waitMs > TOLERANCE_MS ? waitMs : 0;
  }

  isFull(now: number): boolean {
    return this.fullAt <= now;
  }
}
