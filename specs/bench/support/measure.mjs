import { performance } from 'node:perf_hooks';
import process from 'node:process';

/**
 * Milliseconds of the best of the runs that fit into `budgetMs`, two at least after one that does not count. Processor
 * time, collection and compilation included, for others may want the machine as well; `wall` is for work that waits.
 *
 * Garbage is not collected between runs: that would also throw away the compiled code of every function that is made
 * anew for each run, which no program does to itself.
 */
export async function bestOf(run, { budgetMs, clock = 'processor' }) {
  const now = clock === 'wall' ? () => performance.now() : processorMs;
  const start = performance.now();
  await run();
  let best = Infinity;
  for (let runs = 0; runs < 2 || performance.now() - start < budgetMs; runs++) {
    const from = now();
    await run();
    best = Math.min(best, now() - from);
  }
  return best;
}

function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Megabytes in use once everything that can be collected is gone. Needs --expose-gc. */
export function heapInUse() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
