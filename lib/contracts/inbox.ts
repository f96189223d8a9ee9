import type { Observable } from 'rxjs';

/** Remembers what was handled, for a time, so that what comes again is not handled again. */
export interface Inbox {
  /** Emits the answer that was kept under a key; nothing where none is. */
  find(key: string): Observable<string>;
  /** Completes once the answer is kept; a key that is known keeps its first one. */
  keep(key: string, answer: string): Observable<never>;
}
