import type { Inspector, PartOf } from '../../../operators/internal/inspector.ts';
import type { Part } from '../../../operators/internal/part.ts';

interface Entry {
  readonly thing: WeakRef<object>;
  readonly part: PartOf<never>;
}

const FEW = 1_024;

/** What there is to be seen. It refers to things weakly, and forgets what has ended: there are never more than twice those that live. */
export class Enrolled implements Inspector {
  private readonly entries = new Set<Entry>();
  private readonly ids = new WeakMap<object, number>();
  private lastId = 0;
  private most = FEW; // before it looks who has ended

  get size(): number {
    return this.entries.size;
  }

  enroll<T extends object>(thing: T, part: PartOf<T>): () => void {
    const entry: Entry = { thing: new WeakRef(thing), part };
    if (this.entries.size >= this.most) this.sweep();
    this.entries.add(entry);
    return () => {
      if (this.entries.delete(entry)) this.ids.delete(thing);
    };
  }

  /** Those that have not ended. */
  *parts(): Iterable<Part> {
    for (const entry of this.entries) {
      const part = partOf(entry);
      if (part) yield part;
      else this.entries.delete(entry);
    }
  }

  /** The number of a thing: the same each time. */
  idOf(thing: object): number {
    let id = this.ids.get(thing);
    if (id === undefined) this.ids.set(thing, (id = ++this.lastId));
    return id;
  }

  clear(): void {
    this.entries.clear();
  }

  private sweep(): void {
    for (const entry of this.entries) if (!partOf(entry)) this.entries.delete(entry);
    this.most = Math.max(FEW, this.entries.size * 2);
  }
}

function partOf({ thing, part }: Entry): Part | undefined {
  const there = thing.deref();
  return there && part(there as never);
}
