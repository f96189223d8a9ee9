import { Subject, type Observable } from 'rxjs';
import type { JobMessage } from '../../contracts/job.ts';
import type { WorkFailure } from '../../contracts/jobFailure.ts';

/** What an engine tells those who are no subscribers of a topic. */
export class Outlets<M> {
  readonly messages$: Observable<JobMessage<M>>;
  readonly errors$: Observable<WorkFailure>;
  /** Emits when the engine may have become idle. */
  readonly changes$: Observable<void>;
  private readonly messages = new Subject<JobMessage<M>>();
  private readonly errors = new Subject<WorkFailure>();
  private readonly changes = new Subject<void>();
  private readonly onError: (failure: WorkFailure) => void;

  constructor(onError: (failure: WorkFailure) => void) {
    this.onError = onError;
    this.messages$ = this.messages.asObservable();
    this.errors$ = this.errors.asObservable();
    this.changes$ = this.changes.asObservable();
  }

  message(message: JobMessage<M>): void {
    this.messages.next(message);
  }

  failed(failure: WorkFailure): void {
    this.errors.next(failure);
    try {
      this.onError(failure);
    } catch {
      // whoever takes failures has none of his own
    }
  }

  changed(): void {
    this.changes.next();
  }

  complete(): void {
    this.messages.complete();
    this.errors.complete();
    this.changes.complete();
  }
}
