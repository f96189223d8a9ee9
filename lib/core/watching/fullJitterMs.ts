const MOST_DOUBLINGS = 1_000; // 0 times Infinity is no number

/** How long to wait after so many failures, counted from 1: by chance, from 0 to the delay doubled with each, and capped. */
export function fullJitterMs(
  { delayMs, maxDelayMs }: { readonly delayMs: number; readonly maxDelayMs: number },
  failures: number,
  random: () => number,
): number {
  const chance = random();
  const most = Math.min(delayMs * 2 ** Math.min(failures - 1, MOST_DOUBLINGS), maxDelayMs);
  return most * (chance >= 0 && chance <= 1 ? chance : 1);
}
