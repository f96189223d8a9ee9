import type { RegistryStore } from '../contracts/registryStore.ts';

/** A place where a registry is kept, new and empty, for the laws of its store. */
export interface RegistryStoreSubject {
  /** A store on that place, as another process would make it. */
  open(): RegistryStore;
}
