export { memoryJobStore, type MemoryJobStoreOptions } from './memoryJobStore.ts';
export { memoryRegistryStore } from './memoryRegistryStore.ts';
export { storedTokens, type StoredTokensOptions } from './storedTokens.ts';
export { withStoredFallback } from './withStoredFallback.ts';
