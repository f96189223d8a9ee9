import type { OutgoingMessage } from '../contracts/transport.ts';
import { InvalidMessageError } from '../contracts/transportFailure.ts';

/** In bytes: what every broker takes. */
const LONGEST = { routingKey: 255, contentType: 255, headerName: 255, headerValue: 1_024, body: 16 * 1_024 ** 2 };
const MOST_HEADERS = 32;

const ID = /^[ -~]{1,128}$/;
const CONTENT_TYPE = /^[ -~]+$/;
const ROUTING_KEY = /^[^.*#\s\p{C}]+(?:\.[^.*#\s\p{C}]+)*$/u;
const NOT_UNICODE = /\p{Cs}/u; // half of a surrogate pair: UTF-8 would change it

/** Throws InvalidMessageError unless every transport can carry the message as it is. */
export function checkMessage(message: OutgoingMessage): void {
  const problem = problemOf(message);
  if (problem !== undefined) throw new InvalidMessageError(message.id, problem);
}

function problemOf({ id, routingKey, contentType, headers, body }: OutgoingMessage): string | undefined {
  if (!ID.test(id)) return 'its id must be 1 to 128 characters of printable ASCII';
  if (!ROUTING_KEY.test(routingKey) || bytesOf(routingKey) > LONGEST.routingKey) {
    return `its routing key must be words with dots between them, without * and #, of ${LONGEST.routingKey} bytes at most`;
  }
  if (!CONTENT_TYPE.test(contentType) || bytesOf(contentType) > LONGEST.contentType) {
    return `its content type must be 1 to ${LONGEST.contentType} characters of printable ASCII`;
  }
  if (!(body instanceof Uint8Array)) return 'its body must be a Uint8Array';
  if (body.length > LONGEST.body) return `its body has ${body.length} bytes, and ${LONGEST.body} is the most`;
  return problemOfHeaders(Object.entries(headers));
}

function problemOfHeaders(headers: readonly (readonly [string, unknown])[]): string | undefined {
  if (headers.length > MOST_HEADERS) return `it has ${headers.length} headers, and ${MOST_HEADERS} is the most`;
  for (const [name, value] of headers) {
    const at = `its header ${JSON.stringify(name.slice(0, 60))}`;
    if (name === '' || bytesOf(name) > LONGEST.headerName || NOT_UNICODE.test(name)) {
      return `${at} must have a name of 1 to ${LONGEST.headerName} bytes`;
    }
    if (typeof value !== 'string' || bytesOf(value) > LONGEST.headerValue || NOT_UNICODE.test(value)) {
      return `${at} must be a text of ${LONGEST.headerValue} bytes at most`;
    }
  }
  return undefined;
}

/** Texts that are far too long are not written out to be counted. */
function bytesOf(text: string): number {
  return text.length > LONGEST.headerValue ? Infinity : new TextEncoder().encode(text).length;
}
