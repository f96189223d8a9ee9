import type { Envelope } from '../../contracts/envelope.ts';
import type { MessageDefinition } from '../../contracts/message.ts';
import type { OutgoingMessage } from '../../contracts/transport.ts';
import { checkEnvelope } from './envelopeMembers.ts';
import { JSON_TYPE } from './readMessage.ts';

const utf8 = new TextEncoder();

/** A message as it goes over a transport: its envelope, and what `wireData` gave. Throws DecodeError for a member that is none. */
export function writeMessage(
  { kind, name, routingKey }: MessageDefinition,
  envelope: Omit<Envelope, 'data'>,
  data: string | undefined,
): OutgoingMessage {
  checkEnvelope({ ...envelope }, `${kind} ${name}`);
  const members = JSON.stringify(envelope);
  const text = data === undefined ? members : `${members.slice(0, -1)},"data":${data}}`;
  return { id: envelope.id, routingKey, contentType: JSON_TYPE, headers: {}, body: utf8.encode(text) };
}
