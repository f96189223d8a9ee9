import { randomInt } from 'node:crypto';
import type { Parameters } from 'fast-check';

const seed = Number(process.env['FC_SEED'] ?? randomInt(2 ** 31));
let told = false;

/** Parameters of a property: how often it runs, and its seed, which is printed so that a failure can be run again. */
export function runs<T = unknown>(numRuns = 1_000): Parameters<T> {
  if (!told) console.info(`fast-check seed ${seed} (run again with FC_SEED=${seed})`);
  told = true;
  return { numRuns, seed };
}
