import { asyncScheduler } from 'rxjs';
import type { FailureConsequence } from '../../contracts/observerFailure.ts';
import type { CycleReport, Untold } from './observerStats.ts';

/** Counts what one cycle does. */
export class CycleTally {
  readonly managers = { asked: 0, failed: 0 };
  told = 0;
  private failed = 0;
  private quarantined = 0;
  private removed = 0;
  private readonly startTime = asyncScheduler.now();
  private readonly registrations: number;
  private readonly reasons = {
    unknownDepth: 0,
    unknownManager: 0,
    shallow: 0,
    resting: 0,
    busy: 0,
    unaddressed: 0,
    gone: 0,
  };

  constructor(registrations: number) {
    this.registrations = registrations;
  }

  untold(reason: keyof Untold, count = 1): void {
    this.reasons[reason] += count;
  }

  failedWith(consequence: FailureConsequence): void {
    this.failed++;
    if (consequence === 'quarantined') this.quarantined++;
    if (consequence === 'removed') this.removed++;
  }

  report(): CycleReport {
    const { startTime, registrations, told, failed, quarantined, removed } = this;
    const counts = { registrations, told, failed, quarantined, removed };
    return {
      startTime,
      endTime: asyncScheduler.now(),
      ...counts,
      managers: { ...this.managers },
      untold: { ...this.reasons },
    };
  }
}
