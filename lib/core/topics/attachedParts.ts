import type { Feeds } from './feeds.ts';
import type { Lane } from './lane.ts';
import type { Terms } from './terms.ts';
import type { Ways } from './ways.ts';

/** A subscriber as its parts see it. */
export interface AttachedParts<A> {
  readonly id: string;
  readonly terms: Terms<A>;
  readonly feeds: Feeds<A>;
  readonly lane: Lane<A>;
  readonly ways: Ways;
  /** Changes the state of the lane, and does what is due then. */
  change(how: () => void): void;
}
