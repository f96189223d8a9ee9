import { Fifo } from '../../../operators/internal/fifo.ts';
import { Publication } from './publication.ts';

/** The last publications of a topic, for those that come later. */
export class Replay<A> {
  private readonly size: number;
  private readonly last = new Fifo<Publication<A>>();

  constructor(size: number) {
    this.size = size;
  }

  /** Keeps the value; nobody waits any more for what becomes of it. */
  keep(publication: Publication<A>): void {
    if (this.size === 0) return;
    if (this.last.size === this.size) this.last.shift();
    this.last.push(copyOf(publication));
  }

  /** The oldest first. */
  publications(): readonly Publication<A>[] {
    return this.last.toArray().map(copyOf);
  }
}

function copyOf<A>({ topic, id, value, carried }: Publication<A>): Publication<A> {
  return new Publication(topic, id, value, undefined, undefined, carried);
}
