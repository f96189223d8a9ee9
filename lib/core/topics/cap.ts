import { asyncScheduler, type Subscription } from 'rxjs';
import type { DeliveryContract } from '../../contracts/delivery.ts';
import { checkConcurrency, isAdaptive } from './terms.ts';

/** What a {@link Cap} tells. */
export interface CapOptions {
  readonly concurrency: NonNullable<DeliveryContract<never>['concurrency']>;
  readonly changed: (cap: number) => void;
  /** Takes what its source throws, and that it gave no cap: the last one stays. */
  readonly failed: (cause: unknown) => void;
}

/** How many values may be handled at the same time: a number that stays, that somebody sets, or that follows what is observed. */
export interface Cap {
  readonly initial: number;
  /** Takes how long a value took. Absent where nobody looks at it. */
  readonly observe: ((tookMs: number, failed: boolean) => void) | undefined;
  /** Lets go of the source. */
  readonly stop: () => void;
}

export function createCap({ concurrency, changed, failed }: CapOptions): Cap {
  if (typeof concurrency === 'number') return { initial: concurrency, observe: undefined, stop: () => undefined };

  let current = 1;
  const set = (next: number) => {
    try {
      checkConcurrency(next);
    } catch (invalid) {
      failed(invalid);
      return;
    }
    if (next === current) return;
    current = next;
    changed(next);
  };

  if (isAdaptive(concurrency)) {
    const control = concurrency.begin();
    checkConcurrency(control.initial);
    current = control.initial;
    return {
      initial: current,
      observe: (tookMs, hasFailed) => set(control.observe({ tookMs, failed: hasFailed, now: asyncScheduler.now() })),
      stop: () => undefined,
    };
  }
  const source: Subscription = concurrency.subscribe({ next: set, error: failed });
  return { initial: current, observe: undefined, stop: () => source.unsubscribe() };
}
