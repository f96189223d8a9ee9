export { createMemoryBroker, type MemoryBroker, type MemoryBrokerOptions } from './createMemoryBroker.ts';
export type { DeadLetter } from './deadLetters.ts';
export { memoryJobStore, type MemoryJobStoreOptions } from './memoryJobStore.ts';
export { memoryRegistryStore } from './memoryRegistryStore.ts';
export { memoryOutbox, type MemoryOutbox, type MemoryOutboxOptions, type MemoryTransaction } from './memoryOutbox.ts';
export { memoryTransport } from './memoryTransport.ts';
export { storedTokens, type StoredTokensOptions } from './storedTokens.ts';
export { withStoredFallback } from './withStoredFallback.ts';
