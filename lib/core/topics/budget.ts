import { checkInteger } from '../../../operators/internal/checkOption.ts';
import type { Budget } from '../../contracts/delivery.ts';

/** A {@link Budget} as lanes use it. */
export class SharedBudget implements Budget {
  readonly size: number;
  used = 0;
  private readonly waiting = new Set<() => void>();

  constructor(size: number) {
    this.size = size;
  }

  /** Takes room for one value, if there is any. */
  take(): boolean {
    if (this.used === this.size) return false;
    this.used++;
    return true;
  }

  /** Gives room for one value back. Those who wait for it are told, the longest first, until one has taken it. */
  give(): void {
    this.used--;
    for (const callBack of this.waiting) {
      if (this.used >= this.size) return;
      this.waiting.delete(callBack);
      callBack();
    }
  }

  /** Calls back once, when there is room again. */
  wait(callBack: () => void): void {
    this.waiting.add(callBack);
  }

  forget(callBack: () => void): void {
    this.waiting.delete(callBack);
  }
}

/**
 * Makes a budget that subscribers share: named in their contracts, it bounds what all of them have waiting.
 *
 * @example
 * const budget = createBudget({ size: 10_000 });
 * topic.deliver({ id: 'audit', handle: write, budget: { shared: budget, guaranteed: 100 } });
 */
export function createBudget({ size }: { readonly size: number }): Budget {
  checkInteger('size', size, 0);
  return new SharedBudget(size);
}
