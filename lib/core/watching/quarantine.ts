import { asyncScheduler, type Subscription } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import type { Entry, RegistryIndex } from './registryIndex.ts';

interface Term {
  readonly entry: Entry;
  readonly until: number;
  readonly timer: Subscription;
}

/**
 * Restores registrations when their time in quarantine is over. A timer each, set when the quarantine is seen first: what
 * becomes of the clock meanwhile changes nothing. What a store says is never believed beyond `longestMs` from now.
 */
export class Quarantine {
  private readonly terms = new Map<string, Term>();
  private readonly index: RegistryIndex;
  private readonly longestMs: number;
  private readonly restore: (entry: Entry) => void;

  constructor(index: RegistryIndex, longestMs: number, restore: (entry: Entry) => void) {
    this.index = index;
    this.longestMs = longestMs;
    this.restore = restore;
  }

  get size(): number {
    return this.terms.size;
  }

  /** Something has become of the registration of that id. */
  follow(id: string): void {
    const entry = this.index.get(id);
    const until = entry?.registration.quarantinedUntil;
    const term = this.terms.get(id);
    if (term?.entry === entry && term?.until === until) return;
    term?.timer.unsubscribe();
    this.terms.delete(id);
    if (!entry || until === undefined) return;
    const delayMs = Math.min(Math.max(until - asyncScheduler.now(), 0), this.longestMs);
    this.terms.set(id, { entry, until, timer: after(delayMs, () => this.restore(entry)) });
  }

  followAll(): void {
    for (const id of this.index.ids()) this.follow(id);
  }

  stop(): void {
    for (const { timer } of this.terms.values()) timer.unsubscribe();
    this.terms.clear();
  }
}
