/**
 * Why an event was not sent. `late`: no answer in time. `unreachable`: no connection, or it broke. `malformed`: the answer
 * is not HTTP. `redirected`: to another address, which is not followed. `busy`: the other side asks to come back later.
 * `failed`: it failed on its own account. `refused`: it does not want this event. `unsendable`: the event cannot be written
 * down.
 */
export type SendFailureClass =
  'late' | 'unreachable' | 'malformed' | 'redirected' | 'busy' | 'failed' | 'refused' | 'unsendable';

/** What is known of a failed attempt besides its class. */
export interface SendFailureFacts extends ErrorOptions {
  readonly status?: number | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Another try would end the same way. */
const FINAL: ReadonlySet<SendFailureClass> = new Set(['redirected', 'refused', 'unsendable']);

/** An event could not be handed over. */
export class SendError extends Error {
  override readonly name = 'SendError';
  readonly code = 'send_failed';
  readonly sender: string;
  readonly failure: SendFailureClass;
  /** The HTTP status, where there was one. */
  readonly status: number | undefined;
  /** How long the other side asks to wait before the next try, in ms from now: from 0 to 24 hours. */
  readonly retryAfterMs: number | undefined;
  /** Whether another try may end otherwise. */
  readonly retryable: boolean;

  constructor(sender: string, failure: SendFailureClass, reason: string, facts: SendFailureFacts = {}) {
    super(`${sender}: ${reason}`, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.sender = sender;
    this.failure = failure;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.retryable = !FINAL.has(failure);
  }
}
