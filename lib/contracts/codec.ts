import type { Either } from 'fp-ts/lib/Either.js';

/** One place where outside data is not what the codec asks for. Every io-ts error is one. */
export interface Problem {
  readonly value: unknown;
  readonly context: readonly { readonly key: string; readonly type: { readonly name: string } }[];
  readonly message?: string | undefined;
}

/** Reads one shape of outside data. Every io-ts codec is one. */
export interface Codec<A> {
  readonly name: string;
  decode(input: unknown): Either<readonly Problem[], A>;
}

/** Reads one shape of outside data, and writes it as what JSON can carry. Every io-ts codec is one. */
export interface WireCodec<A> extends Codec<A> {
  encode(value: A): unknown;
}
