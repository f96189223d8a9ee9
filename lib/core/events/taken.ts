import type { Envelope } from '../../contracts/envelope.ts';

/** A message in hand: decoded, and not settled. */
export interface Taken<A = unknown> {
  readonly message: Envelope<A>;
  /** Which delivery it is, counted from 1. */
  readonly delivery: number;
  /** Aborted when it is given back. */
  readonly signal: AbortSignal;
}
