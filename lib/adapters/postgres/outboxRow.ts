import * as t from 'io-ts';
import { checkMessage } from '../../boundary/checkMessage.ts';
import { decode } from '../../boundary/decode.ts';
import type { OutgoingMessage } from '../../contracts/transport.ts';

/** A message, and its place in the table. */
export interface Placed {
  readonly place: string;
  readonly message: OutgoingMessage;
}

const Bytes = new t.Type<Uint8Array>(
  'bytes',
  (value) => value instanceof Uint8Array,
  (value, context) => (value instanceof Uint8Array ? t.success(value) : t.failure(value, context)),
  t.identity,
);

const Row = t.type(
  { place: t.string, id: t.string, routing_key: t.string, content_type: t.string, headers: t.string, body: Bytes },
  'OutboxRow',
);

const Headers = t.record(t.string, t.string, 'Headers');

/** Reads a row. Throws what is wrong with it, and where, when somebody else wrote it. */
export function readOutboxRow(row: unknown, table: string): Placed {
  const { place, id, routing_key, content_type, headers, body } = decode(Row, row, table);
  const where = `${table}, place ${place}`;
  const message = {
    id,
    routingKey: routing_key,
    contentType: content_type,
    headers: decode(Headers, parsed(headers), where),
    body: Uint8Array.from(body), // not a view on what came over the wire
  };
  checkMessage(message);
  return { place, message };
}

/** What is no JSON is no headers either, as it stands there. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
