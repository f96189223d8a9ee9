/** What was sent over one channel and is not confirmed: the broker counts what a channel sends, from 1. */
export class ConfirmWindow<A> {
  private readonly sent = new Map<number, A>(); // in the order of their tags
  private lastTag = 0;

  get size(): number {
    return this.sent.size;
  }

  push(entry: A): void {
    this.sent.set(++this.lastTag, entry);
  }

  /** Takes out what a confirm is about: one, or all up to it. */
  take(tag: number, multiple: boolean): readonly A[] {
    if (!multiple) {
      const entry = this.sent.get(tag);
      return entry !== undefined && this.sent.delete(tag) ? [entry] : [];
    }
    const taken: A[] = [];
    for (const [at, entry] of this.sent) {
      if (tag !== 0 && at > tag) break;
      this.sent.delete(at);
      taken.push(entry);
    }
    return taken;
  }

  oldest(): A | undefined {
    return this.sent.values().next().value;
  }

  /** What is in it, the oldest first. */
  entries(): Iterable<A> {
    return this.sent.values();
  }

  /** Takes all out, for another channel counts anew. */
  reset(): readonly A[] {
    const left = [...this.sent.values()];
    this.sent.clear();
    this.lastTag = 0;
    return left;
  }
}
