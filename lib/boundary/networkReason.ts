/** Why `fetch` failed: the innermost reason, for `fetch failed` tells nobody anything. */
export function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return networkReason(error.cause);
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
