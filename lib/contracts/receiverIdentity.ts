/** A receiver, by whom it is for and what it is called. */
export interface ReceiverIdentity {
  readonly tenant: string;
  readonly receiver: string;
}

/** Tells an event from all others of its receiver, and is the same over all retries and redeliveries. */
export type EventId = string | number;
