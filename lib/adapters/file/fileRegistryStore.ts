import * as promises from 'node:fs/promises';
import type { RegistryStore } from '../../contracts/registryStore.ts';
import { registryStoreOn } from './registryStoreOn.ts';

/** Where {@link fileRegistryStore} keeps registrations. */
export interface FileRegistryStoreOptions {
  /** Belongs to registrations alone; several processes may share it. Made when something is saved first. */
  readonly folder: string;
  /** Largest file, in bytes. Default: 128 MiB. */
  readonly maxBytes?: number | undefined;
}

/**
 * Keeps registrations in a folder, as files that only their owner may read: `registry.7` is the seventh state. Each is
 * written beside, flushed, and then linked to its name, which fails where another writer was faster; the one before is
 * kept. A state that is not as it was written is reported, and the one before is taken. The file system must know hard
 * links.
 *
 * @example
 * const store = fileRegistryStore({ folder: '/var/lib/rxfan/observer' });
 */
export function fileRegistryStore(options: FileRegistryStoreOptions): RegistryStore {
  return registryStoreOn(options, promises);
}
