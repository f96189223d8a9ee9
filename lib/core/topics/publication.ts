import { runCarried, type Carried } from '../../../operators/internal/carrier.ts';
import type { Began } from '../../../operators/internal/turn.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import type { Outcome } from '../../contracts/delivery.ts';
import type { Subscribed } from './note.ts';
import type { PublicationReceipt } from './publicationReceipt.ts';
import type { Publisher } from './publisher.ts';

/** A value on its way through the subscribers of a topic: one object for all of them, and a small one, for many may wait. */
export class Publication<A> {
  readonly by: Publisher;
  readonly id: number;
  readonly value: A;
  /** When it first had to wait. Absent where it did not. */
  waits: Began | undefined = undefined;

  constructor(by: Publisher, id: number, value: A) {
    this.by = by;
    this.id = id;
    this.value = value;
  }

  get topic(): string {
    return this.by.topic;
  }

  get receipt(): PublicationReceipt | undefined {
    return this.by.receipt;
  }

  /** The same publication with another value, as `coalesce` makes it for one subscriber. */
  with(value: A, waits: Began | undefined): Publication<A> {
    const merged = new Publication(this.by, this.id, value);
    merged.waits = waits;
    return merged;
  }

  /** The same publication where nobody waits any more for what becomes of it. */
  aside(): Publication<A> {
    const { by, id, value } = this;
    return new Publication(by.with(undefined, undefined, by.carried), id, value);
  }

  /** As `settle`, for what nearly always happens, and nobody asks for. */
  succeeded(subscriber: Subscribed): void {
    if (this.receipt?.notes) this.settle(subscriber, 'succeeded');
  }

  /** Tells it where the value was published: what follows from its end belongs there. */
  settle(subscriber: Subscribed, outcome: Outcome, error?: DeliveryError): void {
    const { receipt, carried } = this.by;
    if (carried && receipt) settleCarried(carried, receipt, [subscriber, outcome, error]);
    else receipt?.settle(subscriber, outcome, error);
  }
}

/** Not a closure of the method, which would cost those that nobody follows. */
function settleCarried(
  carried: Carried,
  receipt: PublicationReceipt,
  settlement: Parameters<PublicationReceipt['settle']>,
): void {
  runCarried(carried, () => receipt.settle(...settlement));
}
