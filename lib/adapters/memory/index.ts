export { storedTokens, type StoredTokensOptions } from './storedTokens.ts';
export { withStoredFallback } from './withStoredFallback.ts';
