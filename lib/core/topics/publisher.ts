import type { Carried } from '../../../operators/internal/carrier.ts';
import type { PublicationReceipt } from './publicationReceipt.ts';

/** By whom a value is published, and who asks what becomes of it: one for all values of a topic where nobody does. */
export class Publisher {
  readonly topic: string;
  /** Absent where nobody asked. */
  readonly receipt: PublicationReceipt | undefined;
  /** The subscriber whose handler published it, while that handler had not returned. */
  readonly origin: object | undefined;
  /** What goes along with it. Absent where nobody follows it. */
  readonly carried: Carried | undefined;

  constructor(topic: string, receipt?: PublicationReceipt, origin?: object, carried?: Carried) {
    this.topic = topic;
    this.receipt = receipt;
    this.origin = origin;
    this.carried = carried;
  }

  /** Another one for the same topic; this one, if it is no other. */
  with(receipt: PublicationReceipt | undefined, origin: object | undefined, carried: Carried | undefined): Publisher {
    if (receipt === this.receipt && origin === this.origin && carried === this.carried) return this;
    return new Publisher(this.topic, receipt, origin, carried);
  }
}
