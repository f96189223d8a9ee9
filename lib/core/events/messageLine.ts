import type { Observable } from 'rxjs';
import type { AnyDefinition } from '../../contracts/message.ts';
import type { Taken } from './taken.ts';

/** What one sort of message goes through in a service. */
export interface MessageLine {
  readonly definition: AnyDefinition;
  /** Completes when the message is settled for good, and errors when it shall come again. */
  process(taken: Taken): Observable<never>;
  /** Ends its handlers: what they hold is given up. */
  close(): void;
}
