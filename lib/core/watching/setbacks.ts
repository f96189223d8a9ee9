import { StoreConflictError } from '../../contracts/registryStore.ts';
import { fullJitterMs } from './fullJitterMs.ts';
import type { Settings } from './settings.ts';

/** How often in a row a store was not as wished, and how long it is left alone for that. */
export class Setbacks {
  failures = 0;
  private conflicts = 0;
  private readonly policy: Settings['storeRetry'];
  private readonly random: () => number;

  constructor(policy: Settings['storeRetry'], random: () => number) {
    this.policy = policy;
    this.random = random;
  }

  /** How long to wait after one more. A first conflict waits for nothing: whoever was faster is done. */
  delayAfter(failure: Error): number {
    const isConflict = failure instanceof StoreConflictError;
    const delayMs = fullJitterMs(this.policy, isConflict ? ++this.conflicts : ++this.failures, this.random);
    return isConflict && this.conflicts === 1 ? 0 : delayMs;
  }

  /** All is well again. */
  over(): void {
    this.failures = 0;
    this.conflicts = 0;
  }
}
