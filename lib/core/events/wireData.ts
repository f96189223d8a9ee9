import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { decode } from '../../boundary/decode.ts';
import type { MessageDefinition } from '../../contracts/message.ts';

/**
 * The data of a message as JSON text, canonical; undefined where there is none. Throws DecodeError or NotJsonError for what the
 * other side could not read.
 */
export function wireData<A>({ kind, name, codec }: MessageDefinition<A>, data: A): string | undefined {
  const encoded = codec.encode(data);
  const text = encoded === undefined ? undefined : canonicalJson(encoded);
  decode(codec, text === undefined ? undefined : (JSON.parse(text) as unknown), `${kind} ${name}`);
  return text;
}
