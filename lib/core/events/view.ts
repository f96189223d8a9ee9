import type { Observable } from 'rxjs';

/** Something to read from, fed by events, that tells whether it has applied those of an operation. */
export interface View {
  /** Completes once the view has applied what came of this correlation id: at once where it has already. */
  whenApplied(correlationId: string): Observable<never>;
}
