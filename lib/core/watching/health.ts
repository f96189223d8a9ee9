import { asyncScheduler } from 'rxjs';
import type { FailureConsequence } from '../../contracts/observerFailure.ts';
import type { Entry } from './registryIndex.ts';
import type { RegistryState } from './registryState.ts';
import type { Settings } from './settings.ts';

/** What becomes of registrations that were told, or were not. Of those that were replaced or removed meanwhile: nothing. */
export class Health {
  /** Since the beginning. */
  readonly totals = { quarantined: 0, restored: 0, removed: 0 };
  private readonly state: RegistryState;
  private readonly settings: Pick<Settings, 'failureLimit' | 'onBad' | 'backoffMs'>;

  constructor(state: RegistryState, settings: Pick<Settings, 'failureLimit' | 'onBad' | 'backoffMs'>) {
    this.state = state;
    this.settings = settings;
  }

  isActive(entry: Entry): boolean {
    return this.state.isCurrent(entry) && entry.registration.quarantinedUntil === undefined;
  }

  succeeded(entry: Entry): void {
    if (!this.isActive(entry) || entry.registration.failures === 0) return;
    this.state.update(entry, { failures: 0, quarantinedUntil: undefined });
  }

  /** `gone`: the target says that it will never be there again. */
  failed(entry: Entry, isGone: boolean): FailureConsequence {
    if (!this.isActive(entry)) return 'ignored';
    const failures = entry.registration.failures + 1;
    if (isGone || failures >= this.settings.failureLimit) return this.disable(entry, failures);
    this.state.update(entry, { failures, quarantinedUntil: undefined });
    return 'counted';
  }

  /** Its time in quarantine is over. */
  restore(entry: Entry): void {
    if (!this.state.isCurrent(entry) || entry.registration.quarantinedUntil === undefined) return;
    this.totals.restored++;
    this.state.update(entry, { failures: 0, quarantinedUntil: undefined });
  }

  private disable(entry: Entry, failures: number): FailureConsequence {
    if (this.settings.onBad === 'drop') {
      this.totals.removed++;
      this.state.remove([entry.registration], 'failures');
      return 'removed';
    }
    this.totals.quarantined++;
    this.state.update(entry, { failures, quarantinedUntil: asyncScheduler.now() + this.settings.backoffMs });
    return 'quarantined';
  }
}
