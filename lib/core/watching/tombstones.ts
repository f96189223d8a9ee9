import type { Tombstone } from '../../contracts/registration.ts';
import type { RegistryLimits } from './observer.ts';

/** Removals that are remembered: so many, for so long. The oldest is first. */
export class Tombstones {
  private readonly limits: Pick<RegistryLimits, 'maxTombstones' | 'tombstoneAgeMs'>;
  private readonly all = new Map<string, Tombstone>();

  constructor(limits: Pick<RegistryLimits, 'maxTombstones' | 'tombstoneAgeMs'>) {
    this.limits = limits;
  }

  get size(): number {
    return this.all.size;
  }

  get(id: string): Tombstone | undefined {
    return this.all.get(id);
  }

  add(tombstone: Tombstone): void {
    this.all.delete(tombstone.id);
    this.all.set(tombstone.id, tombstone);
    for (const [id] of this.all) {
      if (this.all.size <= this.limits.maxTombstones) return;
      this.all.delete(id);
    }
  }

  remove(id: string): void {
    this.all.delete(id);
  }

  /** Those that are not too old at this time. The others are forgotten. */
  list(now: number): readonly Tombstone[] {
    for (const { id, removeTime } of this.all.values()) {
      if (removeTime + this.limits.tombstoneAgeMs < now) this.all.delete(id);
    }
    return [...this.all.values()];
  }
}
