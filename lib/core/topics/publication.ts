import { runCarried, type Carried } from '../../../operators/internal/carrier.ts';
import type { Began } from '../../../operators/internal/turn.ts';
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
  /** What goes along with it. Absent where nobody follows it. */
  readonly carried: Carried | undefined;
  /** When it first had to wait. Absent where it did not. */
  waits: Began | undefined = undefined;

  constructor(topic: string, id: number, value: A, receipt?: PublicationReceipt, origin?: object, carried?: Carried) {
    this.topic = topic;
    this.id = id;
    this.value = value;
    this.receipt = receipt;
    this.origin = origin;
    this.carried = carried;
  }

  /** The same publication with another value, as `coalesce` makes it for one subscriber. */
  with(value: A, waits: Began | undefined): Publication<A> {
    const merged = new Publication(this.topic, this.id, value, this.receipt, this.origin, this.carried);
    merged.waits = waits;
    return merged;
  }

  /** As `settle`, for what nearly always happens, and nobody asks for. */
  succeeded(subscriber: Subscribed): void {
    if (this.receipt?.notes) this.settle(subscriber, 'succeeded');
  }

  /** Tells it where the value was published: what follows from its end belongs there. */
  settle(subscriber: Subscribed, outcome: Outcome, error?: DeliveryError): void {
    const { receipt, carried } = this;
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
