import type { JobStore } from '../contracts/jobStore.ts';
import { jobStoreRules } from './jobStoreRules.ts';
import type { Law } from './law.ts';

/**
 * The rules every job store keeps, ready for any test runner. Each check is async, and calls `create` for an empty store
 * of its own.
 *
 * @example
 * for (const law of jobStoreLaws(() => memoryJobStore())) it(law.name, law.check);
 */
export function jobStoreLaws(create: () => JobStore | Promise<JobStore>): readonly Law[] {
  return Object.entries(jobStoreRules).map(([name, rule]) => ({ name, check: async () => rule(await create()) }));
}
