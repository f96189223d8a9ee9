/** Runs work, and tells which part of its time was the longest in which nothing else could run. */
export async function longestPause(work: () => Promise<unknown>): Promise<{ totalMs: number; longestMs: number }> {
  const started = performance.now();
  let last = started;
  let longestMs = 0;
  const turn = () => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  await work();
  clearImmediate(next);
  const ended = performance.now();
  return { totalMs: Math.round(ended - started), longestMs: Math.round(Math.max(longestMs, ended - last)) };
}
