import { decode } from '../../boundary/decode.ts';
import type { Envelope } from '../../contracts/envelope.ts';
import { DecodeError } from '../../contracts/failure.ts';
import type { MessageDefinition } from '../../contracts/message.ts';
import type { IncomingMessage } from '../../contracts/transport.ts';
import { checkEnvelope } from './envelopeMembers.ts';
import { isDeeperThan } from './isDeeperThan.ts';

export const JSON_TYPE = 'application/json';

const TYPE = /^application\/json(?:\s*;\s*charset=utf-8)?$/i;
const MAX_DEPTH = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The envelope of a message; its data as it came. Throws DecodeError. */
export function readMessage({ id, contentType, body }: IncomingMessage): Envelope {
  if (!TYPE.test(contentType)) throw wrong('contentType', JSON_TYPE, JSON.stringify(contentType.slice(0, 60)));
  const content = parsed(body);
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw wrong('body', 'an object', Array.isArray(content) ? 'an array' : typeof content);
  if (isDeeperThan(MAX_DEPTH, content)) throw wrong('body', `at most ${MAX_DEPTH} levels deep`, 'a deeper one');

  checkEnvelope(content as Readonly<Record<string, unknown>>, 'message');
  const envelope = content as Envelope;
  if (envelope.id !== id)
    throw wrong('id', `the id of the message, ${JSON.stringify(id)}`, JSON.stringify(envelope.id));
  return envelope;
}

/** The data of a message in the present version. Throws DecodeError, and what `upcast` throws. */
export function readData<A>(definition: MessageDefinition<A>, { id, version, data }: Envelope): A {
  const { name, codec, upcast } = definition;
  if (version === definition.version) return decode(codec, data, `${name} ${id}`);
  if (version > definition.version || !upcast)
    throw new DecodeError(`${name} ${id}`, [
      { at: '/version', expected: `${upcast ? 'at most ' : ''}${definition.version}`, found: String(version) },
    ]);
  return decode(codec, upcast(data, version), `${name} ${id}, made of version ${version}`);
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw wrong('body', 'JSON in UTF-8', `${body.length} bytes that are none`);
  }
}

function wrong(at: string, expected: string, found: string): DecodeError {
  return new DecodeError('message', [{ at: `/${at}`, expected, found }]);
}
