import type { EventId } from '../../contracts/receiverIdentity.ts';

/** An event on its way to the routes: one object over all retries. */
export interface Envelope<E> {
  readonly id: EventId;
  readonly event: E;
}
