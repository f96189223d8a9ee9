import { isLeft, type Either } from 'fp-ts/lib/Either.js';
import type { Codec, Problem } from '../contracts/codec.ts';
import { DecodeError, faultsOf } from '../contracts/failure.ts';

/**
 * Reads one value from outside, or throws DecodeError, which says where in it what was expected.
 *
 * @example
 * const config = decode(Config, parse(text), 'rxfan.config.yaml');
 */
export function decode<A>(codec: Codec<A>, input: unknown, where: string): A {
  const result = attempt(codec, input, where);
  if (isLeft(result)) throw new DecodeError(where, faultsOf(result.left));
  return result.right;
}

/** A value that is nested deeply enough exhausts the stack of a recursive codec. */
function attempt<A>(codec: Codec<A>, input: unknown, where: string): Either<readonly Problem[], A> {
  try {
    return codec.decode(input);
  } catch (failure) {
    if (!(failure instanceof RangeError)) throw failure;
    throw new DecodeError(where, [{ at: '/', expected: codec.name, found: 'a value nested too deeply' }]);
  }
}
