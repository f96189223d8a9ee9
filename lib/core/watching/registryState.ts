import { asyncScheduler } from 'rxjs';
import type { Registration, RegistrySnapshot } from '../../contracts/registration.ts';
import { isRegistration, isSame, mergeCopies, type Copy, type Unsaved } from './copies.ts';
import type { RegistryLimits } from './observer.ts';
import { RegistryIndex, type Entry } from './registryIndex.ts';
import { Tombstones } from './tombstones.ts';

/** What is registered, what was removed, and what of it is not saved yet. */
export class RegistryState {
  /** Counts changes. */
  version = 0;
  /** The version that is known to be saved. */
  savedVersion = 0;
  readonly index = new RegistryIndex();
  readonly tombstones: Tombstones;
  private readonly unsaved = new Map<string, Unsaved>(); // the oldest change first
  private readonly changed: (ids: readonly string[]) => void;
  private others: object = {};

  /** `changed` is called after each change, with the ids it was about. */
  constructor(limits: RegistryLimits, changed: (ids: readonly string[]) => void) {
    this.tombstones = new Tombstones(limits);
    this.changed = changed;
  }

  get isDirty(): boolean {
    return this.version !== this.savedVersion;
  }

  /** Of what is kept of an id; 0 when nothing is. */
  versionOf(id: string): number {
    return this.copyOf(id)?.version ?? 0;
  }

  isCurrent(entry: Entry): boolean {
    return this.index.get(entry.registration.id) === entry;
  }

  register(registration: Registration): void {
    this.put(registration);
    this.note([registration], 'owner');
  }

  remove(registrations: readonly Registration[], by: Unsaved['by']): void {
    if (registrations.length === 0) return;
    const removeTime = asyncScheduler.now();
    for (const { id, version } of registrations) this.put({ id, version: version + 1, removeTime });
    this.note(registrations, by);
  }

  /** Changes the health of an entry that is current. */
  update(entry: Entry, health: Required<Pick<Registration, 'failures' | 'quarantinedUntil'>>): void {
    const { id, healthVersion } = entry.registration;
    entry.registration = { ...entry.registration, ...health, healthVersion: healthVersion + 1 };
    this.version++;
    this.changed([id]);
  }

  /** All that is to be saved, and its version. */
  snapshot(): { readonly version: number; readonly snapshot: RegistrySnapshot } {
    const registrations = Array.from(this.index.values(), ({ registration }) => registration);
    const tombstones = this.tombstones.list(asyncScheduler.now());
    return { version: this.version, snapshot: { ...this.others, registrations, tombstones } };
  }

  /** The snapshot of that version is saved. */
  saved(version: number): void {
    this.savedVersion = version;
    for (const [id, { at }] of this.unsaved) {
      if (at > version) return;
      this.unsaved.delete(id);
    }
  }

  /** The store has not what it should have. */
  soil(): void {
    this.version++;
  }

  /** Takes what the store has. Gives the registrations that had to give way to those of others. */
  merge({ registrations, tombstones, ...others }: RegistrySnapshot): readonly Registration[] {
    const stored = new Map([...registrations, ...tombstones].map((copy) => [copy.id, copy]));
    const lost: Registration[] = [];
    const changed: string[] = [];
    let isAhead = this.hasMoreThan(stored);
    this.others = others;
    for (const [id, theirs] of stored) {
      const mine = this.copyOf(id);
      const { kept, lost: one } = mine ? mergeCopies(mine, theirs, this.unsaved.get(id)) : { kept: theirs };
      if (one) lost.push(one);
      if (isSame(kept, theirs)) this.unsaved.delete(id); // also when it is ours, and we did not know that it was saved
      if (kept !== mine && !(mine && isUnchanged(kept, mine))) {
        this.put(kept);
        changed.push(id);
      }
      isAhead ||= !isUnchanged(kept, theirs);
    }
    if (changed.length > 0 || isAhead) this.version++;
    if (!isAhead) this.saved(this.version);
    if (changed.length > 0) this.changed(changed);
    return lost;
  }

  private copyOf(id: string): Copy | undefined {
    return this.index.get(id)?.registration ?? this.tombstones.get(id);
  }

  private hasMoreThan(stored: ReadonlyMap<string, Copy>): boolean {
    for (const { registration } of this.index.values()) if (!stored.has(registration.id)) return true;
    for (const [id] of this.unsaved) if (!stored.has(id)) return true;
    return false;
  }

  private put(copy: Copy): void {
    if (!isRegistration(copy)) {
      this.index.remove(copy.id);
      this.tombstones.add(copy);
      return;
    }
    const entry = this.index.get(copy.id);
    this.tombstones.remove(copy.id);
    if (entry && isSame(entry.registration, copy)) entry.registration = copy;
    else this.index.set({ registration: copy });
  }

  private note(registrations: readonly Registration[], by: Unsaved['by']): void {
    this.version++;
    for (const { id, owner } of registrations) {
      this.unsaved.delete(id);
      this.unsaved.set(id, { at: this.version, by, owner });
    }
    this.changed(registrations.map(({ id }) => id));
  }
}

/** Whether nothing has become of one that has not become of the other. */
function isUnchanged(a: Copy, b: Copy): boolean {
  if (!isSame(a, b)) return false;
  if (!isRegistration(a) || !isRegistration(b)) return true;
  return a.healthVersion === b.healthVersion && a.failures === b.failures && a.quarantinedUntil === b.quarantinedUntil;
}
