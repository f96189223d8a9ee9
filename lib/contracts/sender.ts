import type { Observable } from 'rxjs';
import type { RoutedEvent } from './routedEvent.ts';

/** The end of a route. */
export interface Sender {
  /** Names the sender in errors and figures. */
  readonly name: string;
  /**
   * Completes once the other side has the event, and errors with SendError when it has not. Nothing happens before it is
   * subscribed to; unsubscribing and an aborted signal give up.
   */
  send(event: RoutedEvent, signal?: AbortSignal): Observable<never>;
}
