import type { Observable, ObservableInput } from 'rxjs';

/**
 * Remembers what was handled, for a time, so that what comes again is not handled again. `Transaction` is what the work may
 * change its state in: then the state is changed if and only if the key is remembered.
 */
export interface Inbox<Transaction = unknown> {
  /**
   * Does the work of a key, unless it is remembered as done. Emits the answer of the work, which is its last value as text ('' for
   * none), once it is remembered. Errors with what the work errors with, and then leaves no mark. While the work of a key is
   * under way, whoever comes with the same key waits for it: it never runs twice at the same time, here or elsewhere.
   * Unsubscribing gives the work up, when nobody else waits for it. Keys have 1 to 512 characters of printable ASCII.
   */
  once(key: string, work: (transaction: Transaction) => ObservableInput<string>): Observable<Done>;
}

/** What came of some work. */
export interface Done {
  readonly answer: string;
  /** It had been done before, or by somebody else meanwhile. */
  readonly isKnown: boolean;
}
