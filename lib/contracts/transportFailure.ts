/** A message that a transport does not take: nothing was sent, and sending it again is refused again. */
export class InvalidMessageError extends Error {
  override readonly name = 'InvalidMessageError';
  readonly code = 'invalid_message';
  readonly messageId: string;

  constructor(messageId: string, problem: string, options?: ErrorOptions) {
    super(`message ${JSON.stringify(messageId.slice(0, 128))} cannot be published: ${problem}`, options);
    this.messageId = messageId;
  }
}

/** No queue is bound to the routing key: the broker has the message no more. */
export class UnroutableError extends Error {
  override readonly name = 'UnroutableError';
  readonly code = 'unroutable';
  readonly messageId: string;
  readonly routingKey: string;

  constructor(messageId: string, routingKey: string) {
    super(`message ${JSON.stringify(messageId)} reached no queue: nothing is bound to ${JSON.stringify(routingKey)}`);
    this.messageId = messageId;
    this.routingKey = routingKey;
  }
}

/** The outbox of a transport is full: `size` messages wait for the broker. */
export class OutboxFullError extends Error {
  override readonly name = 'OutboxFullError';
  readonly code = 'outbox_full';
  readonly size: number;

  constructor(size: number) {
    super(`the outbox has ${size} messages that the broker did not take yet; publish slower, or give it more room`);
    this.size = size;
  }
}

/** The broker did not answer for a message: it may have it, or not. Publish it again with the same id. */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  readonly code = 'not_published';
  readonly messageId: string;
  /** `refused`: it said no. `timedOut`: it said nothing in time. `lost`: the connection went, and may not be had again. */
  readonly why: 'refused' | 'timedOut' | 'lost';

  constructor(messageId: string, why: PublishError['why'], reason: string, options?: ErrorOptions) {
    super(`message ${JSON.stringify(messageId)} was not confirmed: ${reason}`, options);
    this.messageId = messageId;
    this.why = why;
  }
}

/** The queue or exchange is there with other properties, or may not be used: trying again does not help. */
export class QueueConfigError extends Error {
  override readonly name = 'QueueConfigError';
  readonly code = 'queue_config';
  readonly queue: string;

  constructor(queue: string, problem: string, options?: ErrorOptions) {
    super(`queue ${JSON.stringify(queue)}: ${problem}`, options);
    this.queue = queue;
  }
}

/** Thrown by a handler: no further attempt makes sense, the message goes to the dead letters with this reason. */
export class DeadLetterError extends Error {
  override readonly name = 'DeadLetterError';
  readonly code = 'dead_letter';
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(`to the dead letters: ${reason}`, options);
    this.reason = reason;
  }
}

/** What {@link Transport.publish} errors with; besides ClosedError after `close`. */
export type PublishFailure = InvalidMessageError | UnroutableError | OutboxFullError | PublishError;
