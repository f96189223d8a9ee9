import type { Line } from './line.ts';
import type { Publication } from './publication.ts';
import type { Tally } from './tally.ts';

/** Publishers that do not wait for their receipts would grow it. */
const MOST = 1_024;

/** Publications that wait for room beside a waiting line, in the order they came. */
export class Aside<A> {
  private readonly waiting = new Set<Publication<A>>();

  get size(): number {
    return this.waiting.size;
  }

  get isFull(): boolean {
    return this.size >= MOST;
  }

  /** Those that leave meanwhile are left out. */
  all(): Iterable<Publication<A>> {
    return this.waiting;
  }

  first(): Publication<A> | undefined {
    return this.size === 0 ? undefined : this.waiting.values().next().value;
  }

  /** Whether one waits that a publication must not overtake. */
  isBefore(publication: Publication<A>, line: Line<A>): boolean {
    if (this.size === 0) return false; // as nearly always: an iterator for nothing costs more than all else
    for (const one of this.waiting) if (line.isSameKey(one, publication)) return true;
    return false;
  }

  add(publication: Publication<A>): void {
    this.waiting.add(publication);
  }

  /** Takes one out, and tells its publisher. */
  leave(publication: Publication<A>): Publication<A> {
    this.waiting.delete(publication);
    publication.receipt?.taken();
    return publication;
  }

  /** Takes the first one that may start: where a line has no room at all, they go on as soon as they may. */
  takeFrom(line: Line<A>, tally: Tally<A>): Publication<A> | undefined {
    for (const publication of this.waiting) {
      try {
        if (line.admits(publication)) return this.leave(publication);
      } catch (thrown) {
        tally.refuse(this.leave(publication), thrown); // partitionKey threw
      }
    }
    return undefined;
  }
}
