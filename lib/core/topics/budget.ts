import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { enroll } from '../../../operators/internal/inspector.ts';
import type { Budget } from '../../contracts/delivery.ts';
import { budgetPart } from './budgetPart.ts';

/** A {@link Budget} as lanes use it. */
export class SharedBudget implements Budget {
  readonly size: number;
  readonly name: string;
  used = 0;
  readonly within: SharedBudget | undefined;
  private readonly waiting = new Set<() => void>();

  constructor(size: number, within?: SharedBudget, name = 'budget') {
    this.size = size;
    this.within = within;
    this.name = name;
    enroll<SharedBudget>(this, budgetPart);
  }

  get hasRoom(): boolean {
    return this.used < this.size && (this.within?.hasRoom ?? true);
  }

  /** Takes room for one value, if there is any. */
  take(): boolean {
    if (this.used === this.size || this.within?.take() === false) return false;
    this.used++;
    return true;
  }

  /** Gives room for one value back. Those who wait for it are told, the longest first, until one has taken it. */
  give(): void {
    this.used--;
    this.within?.give();
    for (let left = this.waiting.size; left > 0 && this.hasRoom; left--) {
      const [first] = this.waiting;
      this.waiting.delete(first!);
      first!();
    }
  }

  /** Calls back once, when there is room again where there is none now. */
  wait(callBack: () => void): void {
    if (this.within && this.used < this.size) this.within.wait(callBack);
    else this.waiting.add(callBack);
  }

  forget(callBack: () => void): void {
    this.waiting.delete(callBack);
    this.within?.forget(callBack);
  }
}

/** How much a budget has, and whose part it is. */
export interface BudgetOptions {
  /** Most values that wait on it. */
  readonly size: number;
  /** A larger budget that this one is a part of: what waits here counts there as well. Default: none. */
  readonly within?: Budget | undefined;
  /** Names it where somebody looks what is waited for. Default: `budget`. */
  readonly name?: string | undefined;
}

/**
 * Makes a budget that subscribers share: named in their contracts, it bounds what all of them have waiting.
 *
 * @example
 * const budget = createBudget({ size: 10_000 });
 * topic.deliver({ id: 'audit', handle: write, budget: { shared: budget, guaranteed: 100 } });
 */
export function createBudget({ size, within, name }: BudgetOptions): Budget {
  checkInteger('size', size, 0);
  if (within && !(within instanceof SharedBudget)) throw new OptionError('within', 'made by createBudget', within);
  return new SharedBudget(size, within, name);
}
