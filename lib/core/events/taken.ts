import type { Envelope } from '../../contracts/envelope.ts';

/** A message in hand: decoded, and not settled. */
export interface Taken {
  readonly message: Envelope;
  /** Which delivery it is, counted from 1. */
  readonly delivery: number;
  /** Of its data as it came. */
  readonly digest: string;
  /** Aborted when it is given back. */
  readonly signal: AbortSignal;
}
