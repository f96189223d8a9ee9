import { inWords } from './inWords.ts';

/** Two messages of one catalogue have the same name, or the same routing key. */
export class DuplicateDefinitionError extends Error {
  override readonly name = 'DuplicateDefinitionError';
  readonly code = 'duplicate_definition';
  readonly what: 'name' | 'routingKey';
  readonly value: string;

  constructor(what: 'name' | 'routingKey', value: string) {
    super(
      `two messages have the ${what === 'name' ? 'name' : 'routing key'} ${JSON.stringify(value)}: give one another`,
    );
    this.what = what;
    this.value = value;
  }
}

/** A message is not one of the catalogue that a part was made with. */
export class UnknownMessageError extends Error {
  override readonly name = 'UnknownMessageError';
  readonly code = 'unknown_message';
  readonly type: string;

  constructor(message: string) {
    super(`no message of this catalogue is called ${JSON.stringify(message.slice(0, 60))}: add its definition`);
    this.type = message;
  }
}

/** A command has its handler, and can have no second one. */
export class HandlerTakenError extends Error {
  override readonly name = 'HandlerTakenError';
  readonly code = 'handler_taken';
  readonly command: string;

  constructor(command: string) {
    super(`the command ${command} has a handler: a command has exactly one`);
    this.command = command;
  }
}

/** A handler was attached after the bus had begun to read its queues, which are bound to what had handlers then. */
export class BusStartedError extends Error {
  override readonly name = 'BusStartedError';
  readonly code = 'bus_started';
  readonly type: string;

  constructor(message: string) {
    super(`the bus reads its queues already: attach the handler of ${message} before consume() is subscribed to`);
    this.type = message;
  }
}

/** A message came that no handler can have: what is wrong with it is the `cause`. It went to the dead letters. */
export class RejectedMessageError extends Error {
  override readonly name = 'RejectedMessageError';
  readonly code = 'message_rejected';
  readonly queue: string;
  readonly messageId: string;

  constructor(queue: string, messageId: string, cause: unknown) {
    super(`${queue}: message ${JSON.stringify(messageId.slice(0, 128))} cannot be handled: ${inWords(cause)}`, {
      cause,
    });
    this.queue = queue;
    this.messageId = messageId;
  }
}

/** The inbox could not tell or remember whether a message was handled: why is the `cause`. The message comes again. */
export class InboxError extends Error {
  override readonly name = 'InboxError';
  readonly code = 'inbox_failed';
  readonly key: string;

  constructor(key: string, cause: unknown) {
    super(`the inbox failed on ${JSON.stringify(key)}: ${inWords(cause)}`, { cause });
    this.key = key;
  }
}

/** A handler failed on a message, as often as its policy lets it: why is the `cause`. */
export class HandlerError extends Error {
  override readonly name = 'HandlerError';
  readonly code = 'handler_failed';
  /** The name of the message. */
  readonly type: string;
  readonly messageId: string;
  readonly correlationId: string;
  readonly handler: string;
  /** Which delivery of the message it was, counted from 1. */
  readonly attempt: number;

  constructor(
    facts: Pick<HandlerError, 'type' | 'messageId' | 'correlationId' | 'handler' | 'attempt'>,
    cause: unknown,
  ) {
    super(
      `${facts.handler} failed on ${facts.type} ${facts.messageId} (delivery ${facts.attempt}): ${inWords(cause)}`,
      {
        cause,
      },
    );
    this.type = facts.type;
    this.messageId = facts.messageId;
    this.correlationId = facts.correlationId;
    this.handler = facts.handler;
    this.attempt = facts.attempt;
  }
}
