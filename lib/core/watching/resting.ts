import { Subscription } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import type { Entry, RegistryIndex } from './registryIndex.ts';

interface Rest {
  readonly entry: Entry;
  readonly timers: Subscription;
  reasons: number;
}

/** Registrations that are not told for some time, though they are active. By timers, so that the clock may jump. */
export class Resting {
  private readonly rests = new Map<string, Rest>();
  private readonly index: RegistryIndex;

  constructor(index: RegistryIndex) {
    this.index = index;
  }

  isResting(entry: Entry): boolean {
    return this.rests.get(entry.registration.id)?.entry === entry;
  }

  /** At least so long from now. Whatever it rests for already goes on. Only while the entry is current. */
  rest(entry: Entry, delayMs: number): void {
    const { id } = entry.registration;
    if (!(delayMs > 0) || this.index.get(id) !== entry) return;
    const rest = this.rests.get(id) ?? { entry, timers: new Subscription(), reasons: 0 };
    this.rests.set(id, rest);
    rest.reasons++;
    const timer = after(delayMs, () => {
      rest.timers.remove(timer);
      if (--rest.reasons === 0) this.rests.delete(id);
    });
    rest.timers.add(timer);
  }

  /** Something has become of the registration of that id. */
  follow(id: string): void {
    const rest = this.rests.get(id);
    if (!rest || rest.entry === this.index.get(id)) return;
    rest.timers.unsubscribe();
    this.rests.delete(id);
  }

  stop(): void {
    for (const { timers } of this.rests.values()) timers.unsubscribe();
    this.rests.clear();
  }
}
