import type { Registration } from '../../contracts/registration.ts';

/** A registration while it lives. Its health may change; anything else makes it another entry. */
export interface Entry {
  registration: Registration;
}

type Triple = Pick<Registration, 'manager' | 'queue' | 'notify'>;

/** Registrations by id, by owner, and by what they want. */
export class RegistryIndex {
  private readonly entries = new Map<string, Entry>();
  private readonly byOwner = new Map<string, Set<string>>();
  private readonly byTriple = new Map<string, Set<string>>();
  private sorted: readonly string[] | undefined = undefined;

  get size(): number {
    return this.entries.size;
  }

  get(id: string): Entry | undefined {
    return this.entries.get(id);
  }

  values(): Iterable<Entry> {
    return this.entries.values();
  }

  /** All ids, in the order of code points, which for them is that of code units. */
  ids(): readonly string[] {
    this.sorted ??= [...this.entries.keys()].sort();
    return this.sorted;
  }

  /** The ids of an owner, in the same order. */
  idsOf(owner: string): readonly string[] {
    return [...(this.byOwner.get(owner) ?? [])].sort();
  }

  countOf(owner: string): number {
    return this.byOwner.get(owner)?.size ?? 0;
  }

  /** The entries of an owner that want the same, the oldest first. */
  alike(owner: string, triple: Triple): readonly Entry[] {
    const ids = [...(this.byTriple.get(keyOf(owner, triple)) ?? [])];
    return ids.flatMap((id) => this.entries.get(id) ?? []);
  }

  /** In place of the one with its id. */
  set(entry: Entry): void {
    const { registration } = entry;
    if (this.entries.has(registration.id)) this.remove(registration.id);
    else this.sorted = undefined;
    this.entries.set(registration.id, entry);
    addTo(this.byOwner, registration.owner, registration.id);
    addTo(this.byTriple, keyOf(registration.owner, registration), registration.id);
  }

  remove(id: string): void {
    const entry = this.entries.get(id);
    if (!entry) return;
    const { owner } = entry.registration;
    this.sorted = undefined;
    this.entries.delete(id);
    removeFrom(this.byOwner, owner, id);
    removeFrom(this.byTriple, keyOf(owner, entry.registration), id);
  }
}

function keyOf(owner: string, { manager, queue, notify }: Triple): string {
  return JSON.stringify([owner, manager, queue, notify]);
}

function addTo(sets: Map<string, Set<string>>, key: string, id: string): void {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set.add(id));
}

function removeFrom(sets: Map<string, Set<string>>, key: string, id: string): void {
  const set = sets.get(key);
  set?.delete(id);
  if (set?.size === 0) sets.delete(key);
}
