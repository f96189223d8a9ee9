import type { Outcome, Settlement, Verdict } from '../../contracts/delivery.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';

/** Who is subscribed. */
export interface Subscribed {
  readonly id: string;
  readonly lane: { readonly room: { readonly blocked: number } };
}

/** What is known of one subscriber, unless it took the value at once and succeeded. */
export interface Note {
  readonly subscriber: Subscribed;
  /** Undefined for a subscriber that had ended before it was offered the value. */
  verdict: Verdict | undefined;
  outcome: Outcome | undefined;
  error: DeliveryError | undefined;
}

export function settlementOf({ subscriber, error }: Note, outcome: Outcome): Settlement {
  return { subscriber: subscriber.id, outcome, ...(error && { error }) };
}
