import type { DriftCount } from './drift.ts';
import type { Hand } from './sourceReader.ts';
import type { Position } from './walkState.ts';

/** What a {@link CatchUp} needs to know of the walk. */
export interface CatchUpOptions<T> {
  readonly start: Position;
  /** True for a source whose page tokens name a place: nothing can slip past between two of its pages. */
  readonly keyset: boolean;
  readonly markOf: (item: T) => string;
  /**
   * Whether an item belongs at or before the last one delivered. `exact` says that the item was not delivered by this
   * very source, so that of equal keys only those of earlier sources are behind.
   */
  readonly isBehind: (item: T, exact: boolean) => boolean;
  readonly drift: DriftCount;
}

/** Finds the place in a source's pages from which a walk goes on. */
export interface CatchUp<T> {
  /** The index of the first item of this page that is still to be delivered. */
  place(hand: Hand<T>): number;
  /** Says that the source's list moved under the walk, so that its next page may repeat items. */
  moved(): void;
}

/**
 * The first page read from a token must show the item that was taken last at the place where it was: then the walk goes on
 * exactly there. If it does not, the list has moved, and the walk goes on at the first item after the frontier.
 */
export function createCatchUp<T>({ start, keyset, markOf, isBehind, drift }: CatchUpOptions<T>): CatchUp<T> {
  let toSkip = start.kind === 'at' ? start.taken : 0;
  let mark = start.kind === 'at' ? start.mark : undefined;
  let state: 'seeking' | 'exact' | 'moved' | 'judged' | 'level' = 'seeking';

  const skipped = (hand: Hand<T>): number => {
    if (mark !== undefined) {
      const marked = hand.items[Math.max(toSkip - 1, 0)];
      const found = marked !== undefined && hand.items.length >= toSkip && markOf(marked) === mark;
      state = found ? 'exact' : 'moved';
      mark = undefined;
      return found ? toSkip : 0;
    }
    const count = Math.min(toSkip, hand.items.length);
    toSkip -= count;
    if (toSkip === 0) state = 'exact';
    return count;
  };

  return {
    moved() {
      state = 'moved';
    },

    place(hand) {
      const { items } = hand;
      if (hand.shifted) state = 'moved';
      if (state === 'level') return 0;

      const first = state === 'seeking' ? skipped(hand) : 0;
      let from = first;
      while (from < items.length && isBehind(items[from]!, state === 'exact')) from++;

      if (state === 'exact') drift.late += from - first;
      else drift.suppressed += from - first;
      if (state === 'moved') {
        // A page that begins after the frontier may have had items before it that now are on an earlier page.
        if (from === 0 && !keyset) drift.possibleGap = true;
        state = 'judged';
      }
      if (from < items.length) state = 'level';
      return from;
    },
  };
}
