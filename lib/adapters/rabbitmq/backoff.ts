import { asyncScheduler } from 'rxjs';

/** How long to wait before the next attempt to have something again. */
export interface BackoffTerms {
  /** Gives numbers from 0 to 1. */
  readonly random: () => number;
  /** The longest wait, in ms. */
  readonly maxDelayMs: number;
  /** How long it must have been there for failures to be forgotten, in ms. */
  readonly stableMs: number;
}

const FIRST_MS = 100;
const SHORTEST_MS = 50;
const MOST_DOUBLINGS = 30;

/** Waits with full jitter, so that many clients do not come in step, and with a floor, so that none of them storms. */
export class Backoff {
  private readonly terms: BackoffTerms;
  private failures = 0;
  private since: number | undefined = undefined;

  constructor(terms: BackoffTerms) {
    this.terms = terms;
  }

  /** It is there. That alone forgets nothing: it has to stay. */
  succeeded(): void {
    this.since = asyncScheduler.now();
  }

  /** In ms. `maxDelayMs` is for a failure that another attempt will hardly change. */
  next(maxDelayMs = this.terms.maxDelayMs): number {
    if (this.since !== undefined && asyncScheduler.now() - this.since >= this.terms.stableMs) this.failures = 0;
    this.since = undefined;
    const ceiling = Math.min(FIRST_MS * 2 ** Math.min(this.failures++, MOST_DOUBLINGS), maxDelayMs);
    return Math.max(SHORTEST_MS, this.terms.random() * ceiling);
  }
}
