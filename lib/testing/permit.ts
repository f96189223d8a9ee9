/** A pulled source was asked for so many values, or left before its end. `at` is by the clock of asyncScheduler. */
export type Permit =
  | { readonly kind: 'asked'; readonly at: number; readonly count: number }
  | { readonly kind: 'left'; readonly at: number };

/** A source that gives what it is asked for, and knows when it was asked. */
export interface Permitted {
  /** Every ask so far, the first one first. */
  readonly permits: readonly Permit[];
}
