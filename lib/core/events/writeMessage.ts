import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { decode } from '../../boundary/decode.ts';
import type { Envelope } from '../../contracts/envelope.ts';
import type { MessageDefinition } from '../../contracts/message.ts';
import type { OutgoingMessage } from '../../contracts/transport.ts';
import { checkEnvelope } from './envelopeMembers.ts';
import { JSON_TYPE } from './readMessage.ts';

const utf8 = new TextEncoder();

/** A message as it goes over a transport. Throws DecodeError or NotJsonError for what nobody could read. */
export function writeMessage<A>(definition: MessageDefinition<A>, envelope: Envelope<A>): OutgoingMessage {
  const where = `${definition.kind} ${definition.name}`;
  const text = canonicalJson({ ...envelope, data: definition.codec.encode(envelope.data) });
  checkEnvelope({ ...envelope }, where);
  decode(definition.codec, (JSON.parse(text) as { readonly data?: unknown }).data, where); // as the other side will
  return {
    id: envelope.id,
    routingKey: definition.routingKey,
    contentType: JSON_TYPE,
    headers: {},
    body: utf8.encode(text),
  };
}
