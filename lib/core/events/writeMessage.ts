import { carrier, type TraceHeaders } from '../../../operators/internal/carrier.ts';
import { readTraceparent } from '../../boundary/traceContext.ts';
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
  const traced = { ...envelope, ...carrier.current?.headers(carrier.current.from(envelope, 'here')) };
  checkEnvelope(traced, `${kind} ${name}`);
  const members = JSON.stringify(traced);
  const text = data === undefined ? members : `${members.slice(0, -1)},"data":${data}}`;
  return { id: envelope.id, routingKey, contentType: JSON_TYPE, headers: traceOf(traced), body: utf8.encode(text) };
}

/** Also where brokers and other programs look for it. */
function traceOf({ traceparent, tracestate }: TraceHeaders): Readonly<Record<string, string>> {
  if (traceparent === undefined || !readTraceparent(traceparent)) return {};
  return { traceparent, ...(tracestate !== undefined && { tracestate }) };
}
