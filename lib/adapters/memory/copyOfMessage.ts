import type { OutgoingMessage } from '../../contracts/transport.ts';

/** A copy of which nobody changes anything. */
export function copyOfMessage({ id, routingKey, contentType, headers, body }: OutgoingMessage): OutgoingMessage {
  return { id, routingKey, contentType, headers: Object.freeze({ ...headers }), body: body.slice() };
}
