import type { OutgoingMessage } from '../../lib/contracts/transport.ts';

/** A message with its id as its body. */
export function messageOf(id: string, facts: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    id,
    routingKey: 'order.created',
    contentType: 'text/plain',
    headers: {},
    body: new TextEncoder().encode(id),
    ...facts,
  };
}
