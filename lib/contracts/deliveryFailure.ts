import { inWords } from './inWords.ts';

/** A value could not be delivered to one subscriber: its handler failed, or there was no room. The reason is the `cause`. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly code = 'delivery_failed';
  readonly topic: string;
  readonly subscriber: string;
  /** The number of the publication within its topic. */
  readonly id: number;
  /** Attempts made; 0 when the handler was never called. */
  readonly attempt: number;
  readonly value: unknown;

  constructor({ topic, subscriber, id, attempt, value }: Omit<DeliveryError, keyof Error | 'code'>, cause: unknown) {
    super(`${topic}: ${subscriber} failed on ${id} (attempt ${attempt}): ${inWords(cause)}`, { cause });
    this.topic = topic;
    this.subscriber = subscriber;
    this.id = id;
    this.attempt = attempt;
    this.value = value;
  }
}

/** Something was published on a topic, or handed to a part, that takes nothing any more. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError';
  readonly code = 'closed';
  readonly what: string;

  constructor(what: string) {
    super(`${what} is closed: it takes nothing any more`);
    this.what = what;
  }
}

/** No topic has this name, or matches this pattern. */
export class UnknownTopicError extends Error {
  override readonly name = 'UnknownTopicError';
  readonly code = 'unknown_topic';
  readonly topic: string;

  /** `known`: those there are, where there are few. */
  constructor(topic: string, known: readonly string[] = []) {
    const named = JSON.stringify(topic.length > 60 ? `${topic.slice(0, 57)}...` : topic);
    super(`no topic is called ${named}${known.length > 0 ? `, only ${known.join(', ')}` : ''}`);
    this.topic = topic;
  }
}
