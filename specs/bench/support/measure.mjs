import { performance } from 'node:perf_hooks';
import process from 'node:process';

/** Milliseconds of the best of the runs that fit into `budgetMs`, three at least, the first not counted. */
export async function bestOf(run, { budgetMs }) {
  const start = performance.now();
  await run();
  let best = Infinity;
  for (let runs = 0; runs < 2 || performance.now() - start < budgetMs; runs++) {
    globalThis.gc();
    const from = performance.now();
    await run();
    best = Math.min(best, performance.now() - from);
  }
  return best;
}

/** Megabytes in use once everything that can be collected is gone. Needs --expose-gc. */
export function heapInUse() {
  for (let i = 0; i < 4; i++) globalThis.gc();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
