import type { TokenSealer } from '../../contracts/tokenSealer.ts';

/** Writes and reads the tokens of {@link aggregatePages}. */
export interface PageTokens {
  readonly sealer: TokenSealer;
  readonly ttlMs: number;
}
