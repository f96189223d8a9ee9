import type { Drifts } from './drift.ts';
import type { FrontierKeeper } from './frontier.ts';
import type { Order } from './order.ts';
import type { Hand } from './sourceReader.ts';
import type { Position } from './walkState.ts';

/** What a {@link CatchUp} needs to know of the walk. */
export interface CatchUpOptions<T> {
  /** The index of the source. */
  readonly source: number;
  readonly start: Position;
  /** True for a source whose page tokens name a place: nothing can slip past between two of its pages. */
  readonly keyset: boolean;
  readonly order: Order<T>;
  readonly frontier: FrontierKeeper<T>;
  readonly drifts: Drifts;
}

/**
 * Finds the place in a source's pages from which a walk goes on.
 *
 * The first page read from a token must show the item that was taken last at the place where it was: then the walk goes on
 * exactly there. If it does not, the list has moved, and the walk goes on at the first item after the frontier.
 */
export class CatchUp<T> {
  private readonly options: CatchUpOptions<T>;
  private toSkip = 0;
  private mark: string | undefined = undefined;
  private state: 'seeking' | 'exact' | 'moved' | 'judged' | 'level' = 'seeking';

  constructor(options: CatchUpOptions<T>) {
    const { start } = options;
    this.options = options;
    if (start.kind !== 'at') return;
    this.toSkip = start.taken;
    this.mark = start.mark;
  }

  /** Says that the source's list moved under the walk, so that its next page may repeat items. */
  moved(): void {
    this.state = 'moved';
  }

  /** The index of the first item of this page that is still to be delivered. */
  place(hand: Hand<T>): number {
    if (hand.shifted) this.state = 'moved';
    return this.state === 'level' ? 0 : this.catchUp(hand);
  }

  private catchUp(hand: Hand<T>): number {
    const { source, keyset, frontier, drifts } = this.options;
    const { items } = hand;
    const first = this.state === 'seeking' ? this.skipped(hand) : 0;
    let from = first;
    // `skipped` may have told what the state is.
    const isExact = this.state === 'exact';
    while (from < items.length && frontier.isBehind(items[from]!, source, isExact)) from++;

    if (from > first) drifts.of(source)[isExact ? 'late' : 'suppressed'] += from - first;
    if (this.state === 'moved') {
      // A page that begins after the frontier may have had items before it that now are on an earlier page.
      if (from === 0 && !keyset) drifts.of(source).possibleGap = true;
      this.state = 'judged';
    }
    if (from < items.length) this.state = 'level';
    return from;
  }

  private skipped(hand: Hand<T>): number {
    const { toSkip, mark } = this;
    if (mark !== undefined) {
      const marked = hand.items[Math.max(toSkip - 1, 0)];
      const found = marked !== undefined && hand.items.length >= toSkip && this.options.order.markOf(marked) === mark;
      this.state = found ? 'exact' : 'moved';
      this.mark = undefined;
      return found ? toSkip : 0;
    }
    const count = Math.min(toSkip, hand.items.length);
    this.toSkip -= count;
    if (this.toSkip === 0) this.state = 'exact';
    return count;
  }
}
