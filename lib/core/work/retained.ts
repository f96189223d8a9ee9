import { asyncScheduler, type Subscription } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import type { JobOperation } from '../../contracts/job.ts';
import { Linked, type Link } from '../topics/linked.ts';

/** How long operations are remembered, and how many. */
export interface RetainedOptions {
  readonly retentionMs: number;
  readonly maxRetained: number;
  /** Called when one is forgotten, save on request. */
  readonly forgotten: (operation: JobOperation) => void;
}

/** The last operations of jobs that have ended: for a time, and up to a number. */
export class Retained {
  private readonly options: RetainedOptions;
  private readonly byToken = new Map<string, Link<JobOperation>>();
  private readonly line = new Linked<JobOperation>(); // in the order they ended
  private watch: Subscription | undefined;

  constructor(options: RetainedOptions) {
    this.options = options;
  }

  get(token: string): JobOperation | undefined {
    return this.byToken.get(token)?.value;
  }

  list(): readonly JobOperation[] {
    const all: JobOperation[] = [];
    for (let link = this.line.first; link; link = link.after) all.push(link.value);
    return all;
  }

  /** To be called in the order they ended. */
  add(operation: JobOperation): void {
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
