import { asyncScheduler, type Subscription } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import { Linked, type Link } from '../topics/linked.ts';

/** Something that has ended, by its name. */
export interface Ended {
  readonly id: string;
  readonly endTime?: number | undefined;
}

/** How long operations are remembered, and how many. */
export interface RetainedOptions<O extends Ended> {
  readonly retentionMs: number;
  readonly maxRetained: number;
  /** Called when one is forgotten, save on request. */
  readonly forgotten: (operation: O) => void;
}

/** The last operations that have ended: for a time, and up to a number. */
export class Retained<O extends Ended> {
  private readonly options: RetainedOptions<O>;
  private readonly byToken = new Map<string, Link<O>>();
  private readonly line = new Linked<O>(); // in the order they ended
  private watch: Subscription | undefined = undefined;

  constructor(options: RetainedOptions<O>) {
    this.options = options;
  }

  get(token: string): O | undefined {
    return this.byToken.get(token)?.value;
  }

  list(): readonly O[] {
    const all: O[] = [];
    for (let link = this.line.first; link; link = link.after) all.push(link.value);
    return all;
  }

  /** To be called in the order they ended. */
  add(operation: O): void {
    this.forget(operation.id);
    this.byToken.set(operation.id, this.line.push(operation));
    this.evict();
  }

  /** Forgets it at once: its token names another job now. */
  forget(token: string): void {
    const link = this.byToken.get(token);
    if (!link) return;
    this.byToken.delete(token);
    this.line.remove(link);
  }

  stop(): void {
    this.watch?.unsubscribe();
    this.watch = undefined;
  }

  private evict(): void {
    const { retentionMs, maxRetained, forgotten } = this.options;
    const now = asyncScheduler.now();
    for (let first = this.line.first; first; first = this.line.first) {
      const leftMs = first.value.endTime! + retentionMs - now;
      if (leftMs > 0 && this.line.size <= maxRetained) {
        this.lookAgainIn(leftMs);
        return;
      }
      this.forget(first.value.id);
      forgotten(first.value);
    }
  }

  /** One timer for all: where it fires too early, it is set anew. */
  private lookAgainIn(delayMs: number): void {
    if (delayMs === Infinity) return;
    this.watch ??= after(delayMs, () => {
      this.watch = undefined;
      this.evict();
    });
  }
}
