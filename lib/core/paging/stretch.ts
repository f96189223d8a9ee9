import type { PageSource } from '../../contracts/pageSource.ts';
import type { SourceFailure } from '../../contracts/sourceFailure.ts';
import type { Drift } from './aggregate.ts';
import type { Hand } from './sourceReader.ts';
import type { Frontier, Position, WalkState } from './walkState.ts';

/** A stretch of a merged list, and where its sources stand after it. */
export interface Stretch<T> {
  readonly items: readonly T[];
  /** By index of the source. */
  readonly failures: ReadonlyMap<number, SourceFailure>;
  readonly drift: Drift | undefined;
  readonly frontier: Frontier | undefined;
  /** True when every source has given all it has. */
  readonly isExhausted: boolean;
  /** Where each source stood after the stretch, worked out when it is asked for. */
  readonly places: () => readonly Place<T>[];
}

/** Where a source stands: its page in hand, and how much of it was taken. */
export type Place<T> =
  | { readonly kind: 'unread'; readonly position: Position }
  | { readonly kind: 'reading'; readonly hand: Hand<T>; readonly taken: number }
  | { readonly kind: 'done' };

/** How places become positions that a token can hold. */
export interface WalkStateOptions<T> {
  readonly sources: readonly PageSource<T, never>[];
  readonly markOf: (item: T) => string;
  /** Items to ask for from the next page on. */
  readonly size: number;
  /** Whether the page in hand is to be read again to see whether its edge moved. */
  readonly verify: 'edge' | 'off';
}

/** What a page token holds after a stretch. */
export function walkStateOf<T>(stretch: Stretch<T>, options: WalkStateOptions<T>): WalkState {
  const { sources, markOf, size, verify } = options;

  const positionOf = (place: Place<T>, source: number): Position => {
    if (place.kind === 'done') return place;
    if (place.kind === 'unread') return place.position;
    const { hand, taken } = place;
    const usedUp = taken === hand.items.length && hand.next !== undefined;
    if (usedUp && (verify === 'off' || sources[source]!.paging === 'keyset')) {
      return { kind: 'at', token: hand.next, size, taken: 0, mark: undefined };
    }
    const marked = hand.items[Math.max(taken - 1, 0)];
    return { kind: 'at', token: hand.token, size: hand.size, taken, mark: marked && markOf(marked) };
  };

  return { frontier: stretch.frontier, positions: stretch.places().map(positionOf) };
}
