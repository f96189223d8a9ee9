import type { ConsumeMessage, Message, Options } from 'amqplib';
import type { IncomingMessage, OutgoingMessage } from '../../contracts/transport.ts';
import { InvalidMessageError } from '../../contracts/transportFailure.ts';
import type { Letter } from './outboxEntry.ts';

/** Headers of ours, which no user of the transport sees. */
export const HEADERS = {
  /** Deliveries before the message was moved, as a number. */
  attempt: 'x-rxfan-attempt',
  /** The routing key that it was published with: moving it takes another. */
  routingKey: 'x-rxfan-routing-key',
  /** Why it is a dead letter. */
  reason: 'x-rxfan-reason',
} as const;

/** Before the name of a header that the broker, the client or we would take for one of their own. */
const ESCAPE = 'x-rxfan-is-';
const OWN = /^(?:x-rxfan-|x-death$|x-(?:first|last)-death-|x-(?:delivery|acquired)-count$|CC$|BCC$|__proto__$)/;
const LONGEST_NAME = 255;

const ID = /^[ -~]{1,128}$/;
const PLAIN = new Set(['', 'identity', 'utf-8', 'utf8']);
const KEPT = new Set([
  ...[
    'contentType',
    'contentEncoding',
    'priority',
    'correlationId',
    'replyTo',
    'messageId',
    'timestamp',
    'type',
    'appId',
  ],
]);
const MOST = { headers: 32, valueBytes: 1_024, attempts: 1_000_000 };

/** A message as it goes to an exchange. It has passed `checkMessage`. */
export function toLetter({ id, routingKey, contentType, headers, body }: OutgoingMessage, exchange: string): Letter {
  const written: Record<string, string> = {};
  for (const name of Object.keys(headers)) written[OWN.test(name) ? escaped(id, name) : name] = headers[name]!;
  return {
    id,
    exchange,
    routingKey,
    body: Buffer.from(body), // as it is now
    options: { contentType, headers: written, messageId: id, persistent: true, mandatory: true },
  };
}

function escaped(id: string, name: string): string {
  if (Buffer.byteLength(name) + ESCAPE.length <= LONGEST_NAME) return ESCAPE + name;
  throw new InvalidMessageError(id, `its header ${JSON.stringify(name.slice(0, 60))} is reserved, and too long`);
}

/** A message as a handler gets it, or why none does. Headers that are no texts are left out. */
export function fromWire(message: ConsumeMessage): IncomingMessage | { readonly problem: string } {
  const { content, properties } = message;
  const id: unknown = properties.messageId;
  const encoding: unknown = properties.contentEncoding ?? '';
  if (typeof id !== 'string' || !ID.test(id)) {
    return { problem: 'it has no message id of 1 to 128 characters of printable ASCII' };
  }
  if (typeof encoding !== 'string' || !PLAIN.has(encoding.toLowerCase())) {
    return { problem: `its content encoding is ${JSON.stringify(encoding)}, and bodies are taken as they are` };
  }
  const headers = textHeaders(message);
  const count = Object.keys(headers).length;
  if (count > MOST.headers) return { problem: `it has ${count} headers, and ${MOST.headers} is the most` };
  return {
    id,
    routingKey: routingKeyOf(message),
    contentType: typeof properties.contentType === 'string' ? properties.contentType : 'application/octet-stream',
    headers,
    body: new Uint8Array(content), // of its own: what the handler does to it is not to come again
    attempt: attemptOf(message),
  };
}

/** Which delivery it is: those before it was moved, those that were given back, and this one. */
export function attemptOf({ fields, properties }: ConsumeMessage): number {
  const headers: Record<string, unknown> = properties.headers ?? {};
  const given = headers['x-delivery-count'];
  const givenBack = given === undefined ? Number(fields.redelivered) : countIn(given);
  return countIn(headers[HEADERS.attempt]) + givenBack + 1;
}

export function routingKeyOf({ fields, properties }: Message): string {
  const moved: unknown = properties.headers?.[HEADERS.routingKey];
  return typeof moved === 'string' ? moved : fields.routingKey;
}

/** The headers of a message without those that say where it has been. */
export function ownHeaders({ properties }: Message): Record<string, unknown> {
  const headers: Record<string, unknown> = properties.headers ?? {};
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith(ESCAPE) || !OWN.test(name)));
}

/**
 * The properties that stay when a message is moved. Not `expiration`, for dead letters do not expire, and not `userId`, which the
 * broker takes from the sender himself alone.
 */
export function propertiesOf({ properties }: Message): Options.Publish {
  const kept = Object.entries(properties).filter(([name, value]) => KEPT.has(name) && value !== undefined);
  return Object.fromEntries(kept);
}

function textHeaders({ properties }: Message): Record<string, string> {
  const headers: Record<string, unknown> = properties.headers ?? {};
  const texts: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (typeof value !== 'string' || Buffer.byteLength(value) > MOST.valueBytes) continue;
    if (name.startsWith(ESCAPE)) define(texts, name.slice(ESCAPE.length), value);
    else if (!OWN.test(name)) texts[name] = value;
  }
  return texts;
}

/** Also for `__proto__`. */
function define(texts: Record<string, string>, name: string, value: string): void {
  Object.defineProperty(texts, name, { value, enumerable: true, configurable: true, writable: true });
}

/** Whoever can publish can write it. */
function countIn(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 ? Math.min(value, MOST.attempts) : 0;
}
