import { fileRegistryStore } from '../../../adapters/file/fileRegistryStore.ts';
import type { RegistryStore } from '../../../contracts/registryStore.ts';
import type { StorageSettings } from '../../config/observer/storage.ts';

/** Where registrations are kept; undefined: nowhere beyond the process. */
export async function openRegistryStore(storage: StorageSettings): Promise<RegistryStore | undefined> {
  switch (storage.kind) {
    case 'memory':
      return undefined;
    case 'file':
      return fileRegistryStore({ folder: storage.path });
    case 'cos':
      throw new Error('not yet');
  }
}
