import type { Observable } from 'rxjs';
import type { RegistrySnapshot } from './registration.ts';

/** What a store had, and which state of it that was. */
export interface StoredRegistry {
  readonly snapshot: RegistrySnapshot;
  /** Names the state, opaque. Undefined: there is nothing yet. */
  readonly revision: string | undefined;
  /** What was wrong with newer states, when an older one had to be taken. */
  readonly damage?: readonly Error[] | undefined;
}

/**
 * Keeps a registry. Each save is all or nothing. Nothing happens before a result is subscribed to; a save in progress may or
 * may not take effect when it is unsubscribed from.
 */
export interface RegistryStore {
  /** Names the store in errors; shows no credentials. */
  readonly name: string;
  /**
   * Emits what is kept: an empty snapshot without a revision where nothing was ever saved. Errors when it cannot be read, or
   * when nothing that is kept is whole: that is not the same as nothing kept.
   */
  load(): Observable<StoredRegistry>;
  /**
   * Saves in place of the state named by `revision`. Emits the revision of the new state. Errors with
   * StoreConflictError when another writer was faster, and otherwise when it is not known to be saved.
   */
  save(snapshot: RegistrySnapshot, revision: string | undefined): Observable<string>;
}

/** Another writer changed the store since it was loaded: load, merge, save again. */
export class StoreConflictError extends Error {
  override readonly name = 'StoreConflictError';
  readonly code = 'store_conflict';
  readonly where: string;

  constructor(where: string, options?: ErrorOptions) {
    super(`${where} was changed by another writer since it was read; read it again and merge`, options);
    this.where = where;
  }
}
