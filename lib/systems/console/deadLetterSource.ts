import type { Observable } from 'rxjs';

/** What was given up, and may be tried again. */
export interface DeadLetterPlace {
  /** `queue`: messages of a queue; `route`: what a route of a receiver has parked. */
  readonly kind: 'queue' | 'route';
  /** Of the queue, or `receiver/route`. */
  readonly name: string;
  readonly count: number;
  /** Why the last one was given up, where that is known. */
  readonly lastReason?: string | undefined;
  /** When, as RFC 3339 has it. */
  readonly lastTime?: string | undefined;
}

/** Where dead letters are of one kind. */
export interface DeadLetterSource {
  readonly kind: DeadLetterPlace['kind'];
  /** Those that have some. Emits once. */
  list(): Observable<readonly DeadLetterPlace[]>;
  /** Puts them back, the oldest first. Emits how many; errors with RequestError where there is no such place. */
  redrive(name: string, options: { readonly max?: number | undefined }): Observable<number>;
}
