import type { Observable } from 'rxjs';

/** Knows how many messages wait in the queues of one queue manager, or broker. */
export interface DepthSource {
  /** The name that registrations know it by. */
  readonly manager: string;
  /**
   * Asks once. Emits one map from queue to depth and completes; queues that nobody should be told about are not in it.
   * `queues` are those that registrations ask for: a source that can only ask queue by queue asks for these. Errors with
   * UnreachableError, RefusedError or DecodeError. Nothing happens before it is subscribed to; unsubscribing gives up.
   */
  depths(queues: ReadonlySet<string>): Observable<ReadonlyMap<string, number>>;
}
