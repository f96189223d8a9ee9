import type { Notification, Notifier } from '../../contracts/notifier.ts';
import type { Task } from './bulkhead.ts';
import type { CycleTally } from './cycleTally.ts';
import type { Entry } from './registryIndex.ts';

/** A notification that is due. */
export interface Telling extends Task {
  readonly entry: Entry;
  readonly notifier: Notifier;
  readonly depth: number;
  /** When the depth was seen, in ms of the clock. */
  readonly seenTime: number;
  readonly tally: CycleTally;
  /** Made with the first attempt, and the same for all. */
  notification?: Notification;
  attempts: number;
  /** Attempts that failed; others were cut off for those that waited. */
  failures: number;
}
