import { Fifo } from '../../../operators/internal/fifo.ts';
import type { Publication } from './publication.ts';

/** Values put aside, up to a number of them. They are settled: nobody waits any more for what becomes of them. */
export class Parking<A> {
  private readonly most: number;
  private readonly aside = new Fifo<Publication<A>>();

  constructor(most: number) {
    this.most = most;
  }

  get size(): number {
    return this.aside.size;
  }

  /** The oldest first. */
  values(): readonly A[] {
    return this.aside.toArray().map(({ value }) => value);
  }

  /** Puts one aside. The one that has to go for it, the oldest, or undefined. */
  put(publication: Publication<A>): Publication<A> | undefined {
    this.aside.push(publication.aside());
    return this.aside.size > this.most ? this.aside.shift() : undefined;
  }

  /** Takes the oldest; only while `size` is above 0. */
  take(): Publication<A> {
    return this.aside.shift();
  }
}
