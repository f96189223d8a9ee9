/** How far ahead a walk fetches one source. It counts pages and has no clock. */
export interface PrefetchDepth {
  /** The walk stood still for a page of this source. Once per page, the first one included. */
  waited(): void;
  /** A page of this source is used up. Once per page, whether the walk waited for it or not. */
  usedUp(): void;
  /**
   * Whether the next page is worth a call now. To be asked while no call to the source is under way: when a page has
   * come, and when items have been taken (once per page handed out is often enough).
   *
   * @param pagesAhead - Pages held beyond the one in hand.
   * @param itemsLeft - Items held and not yet taken, in all those pages.
   * @param pageLength - Items in one page of this source.
   * @param leads - Whether the walk waits for another source, and all that is held of this one goes out before any
   * other page in hand is used up. Called only when the answer depends on it.
   */
  wants(pagesAhead: number, itemsLeft: number, pageLength: number, leads?: () => boolean): boolean;
  /** The most items that may be left for the next page to be worth a call; below 0 when it never is. */
  enough(pagesAhead: number, pageLength: number): number;
}

/** In pages: how deep a source starts and goes back to, and where it relaxes to. */
const DEEP = 2;
const SHALLOW = 1;
/** Of 1/5 to 1/2 the best of time and calls; less fetches more in vain, more waits more often. */
const RELAX = 1 / 4;
/** What a longer walk fetches in vain stays in proportion to its length. */
const GROW = 1 / 32;

/**
 * Fetches one to two pages ahead, and more, up to `max`, only where it is sure to be used soon.
 *
 * - A source starts two pages deep, so that its short answers make up for its long ones.
 * - A page used up takes a quarter of a page away, down to one; a page the walk had to wait for brings two back.
 * - Every 32 pages used up, the least depth rises by one: the longer a walk, the longer it is likely to go on.
 * - A source that leads while the walk waits for another goes on to `max`: its chain of calls is the longest one.
 *
 * Walking 50 pages of 20 over 10 sources, one call per source at a time, medians of 200 worlds, as multiples of the
 * least time and of the fewest calls any walk could do with (in the last two, one source is 10x slower as well):
 *
 * ```text
 *                        all alike     one 10x slower   one has 80 %    blocks of 50
 * nothing ahead         5.46   1.00     1.79   1.00     1.39   1.00     1.64   1.00
 * always one ahead      1.30   1.18     1.00   1.18     1.13   1.16     1.31   1.15
 * always two ahead      1.04   1.31     1.00   1.35     1.11   1.16     1.17   1.25
 * this, max 2           1.11   1.22     1.00   1.20     1.11   1.16     1.18   1.23
 * this, max 8           1.11   1.22     1.00   1.20     1.00   1.16     1.17   1.23
 * ```
 */
export function prefetchDepth(max: number): PrefetchDepth {
  return new Depth(max);
}

class Depth implements PrefetchDepth {
  private readonly max: number;
  private readonly deep: number;
  private least: number;
  private depth: number;

  constructor(max: number) {
    this.max = max;
    this.deep = Math.min(max, DEEP);
    this.least = Math.min(max, SHALLOW);
    this.depth = this.deep;
  }

  waited(): void {
    this.depth = Math.max(this.depth, this.deep);
  }

  usedUp(): void {
    this.least = Math.min(this.max, this.least + GROW);
    this.depth = Math.max(this.depth - RELAX, this.least);
  }

  wants(pagesAhead: number, itemsLeft: number, pageLength: number, leads?: () => boolean): boolean {
    if (pagesAhead >= this.max) return false;
    return itemsLeft <= this.enough(pagesAhead, pageLength) || leads?.() === true;
  }

  enough(pagesAhead: number, pageLength: number): number {
    return pagesAhead >= this.max ? -1 : this.depth * pageLength;
  }
}
