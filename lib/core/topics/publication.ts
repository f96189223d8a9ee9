import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import type { Outcome } from '../../contracts/delivery.ts';
import type { Subscribed } from './note.ts';
import type { PublicationReceipt } from './publicationReceipt.ts';

/** A value on its way through the subscribers of a topic: one object for all of them. */
export class Publication<A> {
  readonly topic: string;
  readonly id: number;
  readonly value: A;
  /** Absent where nobody asked what becomes of the value. */
  readonly receipt: PublicationReceipt | undefined;
  /** The subscriber whose handler published it, while that handler had not returned. */
  readonly origin: object | undefined;
  /** When it first had to wait, in ms of the clock; -1 before: a virtual clock starts at 0. */
  waitsSince = -1;

  constructor(topic: string, id: number, value: A, receipt?: PublicationReceipt, origin?: object) {
    this.topic = topic;
    this.id = id;
    this.value = value;
    this.receipt = receipt;
    this.origin = origin;
  }

  /** The same publication with another value, as `coalesce` makes it for one subscriber. */
  with(value: A, waitsSince: number): Publication<A> {
    const merged = new Publication(this.topic, this.id, value, this.receipt, this.origin);
    merged.waitsSince = waitsSince;
    return merged;
  }

  settle(subscriber: Subscribed, outcome: Outcome, error?: DeliveryError): void {
    this.receipt?.settle(subscriber, outcome, error);
  }
}
