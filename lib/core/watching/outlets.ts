import { BehaviorSubject, Subject, type Observable } from 'rxjs';
import type { ObserverFailure } from '../../contracts/observerFailure.ts';
import type { CycleReport, ObserverStats } from './observerStats.ts';

/** What an observer tells. */
export class Outlets {
  readonly reports$: Observable<CycleReport>;
  readonly errors$: Observable<ObserverFailure>;
  readonly state$: Observable<ObserverStats['state']>;
  cycles = 0;
  lastCycle: CycleReport | undefined = undefined;
  private readonly reports = new Subject<CycleReport>();
  private readonly errors = new Subject<ObserverFailure>();
  private readonly states = new BehaviorSubject<ObserverStats['state']>('idle');
  private readonly onError: (failure: ObserverFailure) => void;

  constructor(onError: (failure: ObserverFailure) => void) {
    this.onError = onError;
    this.reports$ = this.reports.asObservable();
    this.errors$ = this.errors.asObservable();
    this.state$ = this.states.asObservable();
  }

  get state(): ObserverStats['state'] {
    return this.states.value;
  }

  become(state: ObserverStats['state']): void {
    if (state !== this.state) this.states.next(state);
  }

  report(report: CycleReport): void {
    this.cycles++;
    this.lastCycle = report;
    this.reports.next(report);
  }

  failed(failure: ObserverFailure): void {
    this.errors.next(failure);
    try {
      this.onError(failure);
    } catch {
      // whoever takes failures has none of his own
    }
  }

  complete(): void {
    this.become('closed');
    this.states.complete();
    this.reports.complete();
    this.errors.complete();
  }
}
