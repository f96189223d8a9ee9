import type { Channel, ConsumeMessage } from 'amqplib';
import { defer, mergeMap, type Observable } from 'rxjs';
import type { QueueTerms } from '../../boundary/queueTerms.ts';
import { sentAgain } from '../../boundary/tracedMessage.ts';
import type { Outbox } from './outbox.ts';
import type { Letter } from './outboxEntry.ts';
import { deadQueueOf, declareDelay } from './topology.ts';
import { attemptOf, HEADERS, ownHeaders, propertiesOf, routingKeyOf } from './wire.ts';

/** Of a body that the client sends again; a longer one the broker moves itself. */
const LONGEST_BODY = 16 * 1_024 ** 2;
/** Of a reason, in characters. */
const LONGEST_REASON = 1_000;

/** Puts messages elsewhere: each is confirmed there before it is acknowledged here, so that none is ever lost in between. */
export class Mover {
  private readonly channel: Channel;
  private readonly outbox: Outbox;
  private readonly terms: QueueTerms;
  private readonly queue: string;
  private readonly delays = new Map<number, Promise<string>>();

  /** `queue` is the real name of the queue. */
  constructor(channel: Channel, outbox: Outbox, terms: QueueTerms, queue: string) {
    this.channel = channel;
    this.outbox = outbox;
    this.terms = terms;
    this.queue = queue;
  }

  /** Completes when the message is where it waits for `delayMs` before it comes back. */
  delay(message: ConsumeMessage, delayMs: number): Observable<never> {
    return defer(() => this.delayQueue(delayMs)).pipe(
      mergeMap((queue) => this.outbox.send(movedTo(queue, message, { [HEADERS.attempt]: attemptOf(message) }))),
    );
  }

  /** Completes when the message is among the dead letters. */
  bury(message: ConsumeMessage, reason: string): Observable<never> {
    const headers = { [HEADERS.attempt]: attemptOf(message), [HEADERS.reason]: reason.slice(0, LONGEST_REASON) };
    return defer(() => this.outbox.send(movedTo(deadQueueOf(this.terms.name), message, headers)));
  }

  /** They may be gone: they are declared again before the next message. */
  forgetDelays(): void {
    this.delays.clear();
  }

  /** Takes away the delays of a transient queue. */
  leave(): void {
    if (this.terms.kind === 'durable') return;
    for (const delay of this.delays.values()) {
      void delay.then((queue) => this.channel.deleteQueue(queue)).catch(() => undefined); // it goes with the connection
    }
  }

  private delayQueue(delayMs: number): Promise<string> {
    let queue = this.delays.get(delayMs);
    if (!queue) {
      queue = declareDelay(this.channel, this.terms, this.queue, delayMs);
      this.delays.set(delayMs, queue);
    }
    return queue;
  }
}

/** Whether the client can write the message again as it came. */
export function isMovable({ content }: ConsumeMessage): boolean {
  return content.length <= LONGEST_BODY;
}

function movedTo(queue: string, message: ConsumeMessage, headers: Readonly<Record<string, unknown>>): Letter {
  return {
    id: String(message.properties.messageId),
    exchange: '',
    routingKey: queue,
    body: message.content,
    options: {
      ...propertiesOf(message),
      headers: { ...sentAgain(ownHeaders(message)), [HEADERS.routingKey]: routingKeyOf(message), ...headers },
      persistent: true,
      mandatory: true,
    },
  };
}
