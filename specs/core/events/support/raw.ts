import type { OutgoingMessage } from '../../../../lib/contracts/transport.ts';

/** A message as anybody may put it on the wire. */
export function rawMessage(routingKey: string, body: unknown, facts: Partial<OutgoingMessage> = {}): OutgoingMessage {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const given = body instanceof Uint8Array ? body : new TextEncoder().encode(text);
  return { id: 'raw', routingKey, contentType: 'application/json', headers: {}, body: given, ...facts };
}

/** The members of an envelope, save for those that are given. */
export function rawEnvelope(members: object = {}): Record<string, unknown> {
  return {
    id: 'raw',
    type: 'account.deposited',
    source: 'somebody',
    time: 1,
    correlationId: 'c',
    version: 1,
    ...members,
  };
}
