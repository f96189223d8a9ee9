import type { OutgoingMessage, Transport } from '../contracts/transport.ts';

/** One broker, on which one law is checked. */
export interface MessagingSubject {
  /** Another client of it. The law closes what it opens, except when it fails. */
  connect(): Transport;
  /** Called when the law has been checked, whatever came of it: closes what is left, and removes the queues. */
  release(): void | Promise<void>;
  /** The dead letters of a queue, the oldest first, where they can be looked at. */
  deadLetters?(queue: string): Promise<readonly { readonly message: OutgoingMessage; readonly reason: string }[]>;
}

/** How a transport is used, and how long it may take. */
export interface MessagingTraits {
  /** The exchange that the subject has. Default: `topic`. */
  readonly exchange?: 'direct' | 'topic' | undefined;
  /** Longest wait for anything that a law waits for, in ms. Default: 10 000. */
  readonly deadlineMs?: number | undefined;
}
