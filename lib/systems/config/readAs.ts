import type * as t from 'io-ts';
import { decoder } from './codecs.ts';
import { descriptionOf } from './described.ts';

/** A codec as one of a wider type: what only reads may give less than it could. */
export function readAs<A>(codec: t.Decoder<unknown, A>): t.Type<A, unknown> {
  return decoder(codec.name, (input, context) => codec.validate(input, context), descriptionOf(codec).parts);
}
