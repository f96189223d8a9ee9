const MAX_MS = 24 * 3_600_000;

/** What a Retry-After header asks for, in ms from `now`: from 0 to 24 hours, or undefined where it says nothing. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (text === '' || text.length > 64) return undefined;
  if (/^[+-]?[\d.]/.test(text)) return clamped(Number(text) * 1_000);
  return clamped(Date.parse(text) - now);
}

function clamped(ms: number): number | undefined {
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_MS);
}
