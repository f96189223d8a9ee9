import { Fifo } from '../../../operators/internal/fifo.ts';
import type { Line } from './line.ts';
import type { Publication } from './publication.ts';

/** First come, first served. */
export class PlainLine<A> implements Line<A> {
  private readonly waiting = new Fifo<Publication<A>>();

  get size(): number {
    return this.waiting.size;
  }

  get isReady(): boolean {
    return this.waiting.size > 0;
  }

  admits(): boolean {
    return this.waiting.size === 0;
  }

  isFullFor(): boolean {
    return false;
  }

  isSameKey(): boolean {
    return true;
  }

  push(publication: Publication<A>): void {
    this.waiting.push(publication);
  }

  take(): Publication<A> {
    return this.waiting.shift();
  }

  release(): void {
    // there are no keys
  }

  removeOldest(): Publication<A> {
    return this.waiting.shift();
  }

  oldest(): Publication<A> | undefined {
    return this.waiting.peek();
  }

  replaceNewest(by: (waiting: Publication<A>) => Publication<A>): Publication<A> | undefined {
    const replaced = this.waiting.peekLast();
    if (!replaced) return undefined;
    const replacement = by(replaced);
    if (this.waiting.peekLast() !== replaced) return undefined; // `by` has closed the subscriber
    this.waiting.replaceLast(replacement);
    return replaced;
  }
}
