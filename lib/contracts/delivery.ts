import type { Observable } from 'rxjs';
import type { DeliveryError } from './deliveryFailure.ts';
import type { Handled } from './handled.ts';

/** What happens to a value that finds the waiting line of a subscriber full. */
export type Overflow = 'error' | 'dropOldest' | 'dropNewest' | 'coalesce' | 'block' | 'park';

/** What one subscriber of a topic declares: what it does with a value, and within which bounds. */
export interface DeliveryContract<A> {
  /** Names the subscriber in receipts, errors and alerts. Unique within its topic. */
  readonly id: string;
  /** Takes a value; done when what it returns has completed, or at once when it returns nothing. What is emitted is not looked at. */
  readonly handle: (value: A, delivery: DeliveryContext) => Handled;
  /** Most values that are handled at the same time; may change while it runs. At 1 (the default) they keep their order. */
  readonly concurrency?: number | Observable<number> | AdaptiveConcurrency | undefined;
  /** Most values that wait for their turn. Default: 1024. */
  readonly bufferSize?: number | undefined;
  /** Bounds what several subscribers have waiting together: `createBudget`. Default: none. */
  readonly budget?: BudgetShare | undefined;
  /**
   * What happens to a value that finds `bufferSize` others waiting, or the budget used up. `error` (default): it is refused with OverflowError.
   * `dropOldest`, `dropNewest`: that one is dropped. `coalesce`: it is merged into the newest one that waits, of the same key.
   * `block`: the publisher waits, see {@link Receipt.taken$}. `park`: it is put aside until it is redriven.
   */
  readonly overflow?: Overflow | undefined;
  /** How `coalesce` makes one value of two. Default: the newer one. */
  readonly coalesce?: ((waiting: A, incoming: A) => A) | undefined;
  /** Values of the same key are handled one after the other, in order; keys take turns. Default: no keys. */
  readonly partitionKey?: ((value: A) => string | number) | undefined;
  /** Most values of one key that wait: one key with many then takes no room from the others. Default: Infinity. */
  readonly bufferSizePerKey?: number | undefined;
  /** Longest time for one attempt, in ms, from when it starts; then its signal is aborted. Default: Infinity. */
  readonly timeoutMs?: number | undefined;
  /** How often a failed value is tried again, in its place and holding it. Default: not at all. */
  readonly retry?: RetryPolicy | undefined;
  /** What a value that failed for good does. `keep` (default): nothing more. `close`: it ends the subscriber. `park`: it is put aside. */
  readonly onFailure?: 'keep' | 'close' | 'park' | undefined;
  /** Most values that are put aside; beyond it the one parked first is dropped. Default: 1024. */
  readonly parkSize?: number | undefined;
  /** When a congestion alert is raised and cleared. */
  readonly watermarks?: Watermarks | undefined;
  /** Takes every value that is dropped. */
  readonly onDrop?: ((value: A) => void) | undefined;
}

/** What a handler is told besides the value. */
export interface DeliveryContext {
  readonly topic: string;
  /** The number of the publication within its topic, counted from 1. */
  readonly id: number;
  /** Counted from 1. */
  readonly attempt: number;
  /** Aborted when nobody waits for this attempt any more: it took too long, or the subscriber was closed. */
  readonly signal: AbortSignal;
}

/** When and how often a failed value is tried again. */
export interface RetryPolicy {
  /** Tries after the first one. */
  readonly retries: number;
  /** Wait before the first retry, in ms; each later wait is twice the one before. Default: 100. */
  readonly delayMs?: number | undefined;
  /** Longest wait, in ms. Default: 30 000. */
  readonly maxDelayMs?: number | undefined;
  /** Multiplies each wait, to spread retries: `Math.random` gives full jitter. Default: no jitter. */
  readonly jitter?: (() => number) | undefined;
  /** Which failures are worth another try. Default: all. */
  readonly retryOn?: ((cause: unknown) => boolean) | undefined;
}

/** How many values several subscribers may have waiting together, those aside that each is guaranteed. */
export interface Budget {
  readonly size: number;
  /** How many values wait on it now. */
  readonly used: number;
}

/** What one subscriber has of a {@link Budget}. */
export interface BudgetShare {
  readonly shared: Budget;
  /** How many values it may have waiting whatever the others do: they do not count. Default: 0. */
  readonly guaranteed?: number | undefined;
}

/** Thresholds of a waiting line, with hysteresis. */
export interface Watermarks {
  /** Raised when this many wait. Default: four fifths of `bufferSize`. */
  readonly high?: number | undefined;
  /** Cleared when no more than this wait. Default: half of `high`. */
  readonly low?: number | undefined;
  /** Raised as well when a value waits longer than this, in ms; cleared below half of it. Default: Infinity. */
  readonly highAgeMs?: number | undefined;
  /** How long either must hold before it counts, in ms. Default: 1 000. */
  readonly holdMs?: number | undefined;
}

/** A cap that follows what is observed. See `aimd`. */
export interface AdaptiveConcurrency {
  /** Begins anew for one subscriber. */
  begin(): ConcurrencyControl;
}

/** The running state of an {@link AdaptiveConcurrency}. */
export interface ConcurrencyControl {
  readonly initial: number;
  /** Takes what one handled value took, and gives the cap from now on. */
  observe(handled: { readonly tookMs: number; readonly failed: boolean; readonly now: number }): number;
}

/** What became of a value at one subscriber when it was published. */
export type Verdict = 'accepted' | 'buffered' | 'coalesced' | 'dropped' | 'parked' | 'refused' | 'blocked';

/** How a value ended at one subscriber. `discarded`: the subscriber was closed before it was done. */
export type Outcome = 'succeeded' | 'failed' | 'coalesced' | 'dropped' | 'parked' | 'refused' | 'discarded';

/** The end of one value at one subscriber. */
export interface Settlement {
  readonly subscriber: string;
  readonly outcome: Outcome;
  /** Why it failed or was refused. */
  readonly error?: DeliveryError;
}

/** What a publisher learns of its value. */
export interface Receipt {
  /** The number of the publication within its topic, counted from 1. */
  readonly id: number;
  /** By id of the subscriber. Empty while the publication waits for the one it was made in. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Completes once no subscriber with `overflow: 'block'` has to make room for it any more. */
  readonly taken$: Observable<never>;
  /** Emits how it ended at each subscriber, those already settled first; completes with the last one. */
  readonly settled$: Observable<Settlement>;
}

/** The account of one subscriber: `offered` is the sum of everything up to `running`. */
export interface DeliveryStats {
  readonly offered: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly coalesced: number;
  readonly dropped: number;
  readonly parked: number;
  readonly refused: number;
  readonly discarded: number;
  /** Publications that wait for room. */
  readonly blocked: number;
  readonly waiting: number;
  readonly running: number;
  /** Attempts beyond the first ones. */
  readonly retried: number;
  readonly concurrency: number;
  readonly paused: boolean;
  /** How long the oldest value waits, in ms; 0 when none does. */
  readonly oldestAgeMs: number;
}

/** A waiting line fills, or has room again. */
export interface CongestionAlert {
  readonly kind: 'raised' | 'cleared';
  readonly topic: string;
  readonly subscriber: string;
  /** Values that wait. */
  readonly depth: number;
  readonly bufferSize: number;
  readonly oldestAgeMs: number;
  readonly running: number;
  /** Values lost so far: dropped or refused. */
  readonly dropped: number;
  /** When the line crossed the mark, in ms of the clock. */
  readonly since: number;
  /** When the line will be full if it goes on like this, in ms from now. Absent when it does not grow. */
  readonly timeToFullMs?: number;
}

/** One subscriber, attached. */
export interface Delivery<A> {
  readonly id: string;
  /** The account now. */
  stats(): DeliveryStats;
  /** Emits the account now, and again after each change. Completes when the subscriber has ended. */
  readonly stats$: Observable<DeliveryStats>;
  /** Emits what happens from now on. Completes when the subscriber has ended. */
  readonly alerts$: Observable<CongestionAlert>;
  /** Completes when the subscriber has ended: it was closed, or its topic was and everything is settled. */
  readonly ended$: Observable<never>;
  /** Starts nothing more until `resume`; values wait. */
  pause(): void;
  resume(): void;
  /** Values put aside, the oldest first. */
  parked(): readonly A[];
  /** Puts what was parked in line again, as far as there is room. How many. */
  redrive(): number;
  /** Ends the subscriber at once: waiting values are discarded, running handlers aborted. */
  close(): void;
}
