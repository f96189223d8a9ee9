import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { Fifo } from '../../../operators/internal/fifo.ts';
import type { Publication } from './publication.ts';

/** The last publications of a topic, for those that come later. */
export class Replay<A> {
  private readonly size: number;
  private readonly last = new Fifo<Publication<A>>();

  /** Throws OptionError unless the size is a whole number. */
  constructor(size: number) {
    checkInteger('replay', size, 0);
    this.size = size;
  }

  /** Keeps the value; nobody waits any more for what becomes of it. */
  keep(publication: Publication<A>): void {
    if (this.size === 0) return;
    if (this.last.size === this.size) this.last.shift();
    this.last.push(publication.aside());
  }

  /** The oldest first. */
  publications(): readonly Publication<A>[] {
    return this.last.toArray().map((publication) => publication.aside());
  }
}
