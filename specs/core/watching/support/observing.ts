import type { Observable } from 'rxjs';
import type { ObserverFailure } from '../../../../lib/contracts/observerFailure.ts';
import { createObserver } from '../../../../lib/core/watching/createObserver.ts';
import type { Observer, ObserverOptions, RegistrationRequest } from '../../../../lib/core/watching/observer.ts';
import type { CycleReport } from '../../../../lib/core/watching/observerStats.ts';
import type { VirtualTime } from '../../../support/virtually.ts';
import { fakeManager, fakeNotifier } from './fakes.ts';

/** Options of an observer that is quick, and whose ids and chance are known. */
export function options(given: Partial<ObserverOptions> = {}): ObserverOptions {
  let ids = 0;
  return {
    sources: [fakeManager('QM')],
    notifiers: [fakeNotifier()],
    newId: () => `id-${++ids}`,
    random: () => 1,
    notifyIntervalMs: 1_000,
    persistIntervalMs: 10_000,
    backoffMs: 60_000,
    failureLimit: 3,
    retry: { retries: 0 },
    ...given,
  };
}

/** What wants to be told of a queue. */
export function wanted(facts: Partial<RegistrationRequest> = {}): RegistrationRequest {
  return { manager: 'QM', queue: 'Q', notify: 'host/ok', ...facts };
}

/** An observer that runs for so long, and all that it tells. */
export function observing(time: VirtualTime, forMs: number, given: Partial<ObserverOptions> = {}) {
  const observer = createObserver(options(given));
  const reports: CycleReport[] = [];
  const errors: ObserverFailure[] = [];
  observer.reports$.subscribe((report) => reports.push(report));
  observer.errors$.subscribe((error) => errors.push(error));
  const running = observer.run().subscribe();
  time.at(time.now() + forMs, () => running.unsubscribe());
  return { observer, reports, errors, running };
}

/** What a call gave, and what it failed with, so far. */
export function outcome<T>(call$: Observable<T>): { readonly values: T[]; error?: any; isDone: boolean } {
  const seen: { readonly values: T[]; error?: any; isDone: boolean } = { values: [], isDone: false };
  call$.subscribe({
    next: (value) => seen.values.push(value),
    error: (error: unknown) => (seen.error = error),
    complete: () => (seen.isDone = true),
  });
  return seen;
}

/** Registers, and gives what it was answered at once. */
export function registered(observer: Observer, facts: Partial<RegistrationRequest> = {}, owner = 'me') {
  const seen = outcome(observer.register(wanted(facts), owner));
  if (seen.error !== undefined) throw seen.error;
  return seen.values[0]!;
}
