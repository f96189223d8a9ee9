import { EMPTY, mergeMap, of, type OperatorFunction } from 'rxjs';
import type { Codec } from '../contracts/codec.ts';
import { DecodeError } from '../contracts/failure.ts';
import { decode } from './decode.ts';

/** What {@link decodeWith} calls the data, and does with what does not fit. */
export interface DecodeOptions {
  /** Names the origin of the data in errors. Default: the name of the codec. */
  readonly where?: string | undefined;
  /** Takes the error, and the stream goes on. Default: the stream errors. */
  readonly onReject?: ((error: DecodeError) => void) | undefined;
}

/**
 * Turns data from outside into typed values. The only place where an `Either` meets a stream.
 *
 * ```text
 * source  --1--2--x--3--|
 * result  --1--2--#
 * ```
 *
 * - **Emits** the value of each that fits.
 * - **Holds** nothing.
 * - **Completes** when the source does.
 * - **Errors** with DecodeError when one does not fit and there is no `onReject`, and when the source errors.
 * - **Unsubscribing** unsubscribes the source.
 *
 * @example
 * const order$ = message$.pipe(decodeWith(Order, { onReject: (error) => rejected.next(error) }));
 */
export function decodeWith<A>(codec: Codec<A>, options: DecodeOptions = {}): OperatorFunction<unknown, A> {
  const { where = codec.name, onReject } = options;

  return mergeMap((input) => {
    try {
      return of(decode(codec, input, where));
    } catch (failure) {
      if (!onReject || !(failure instanceof DecodeError)) throw failure;
      onReject(failure);
      return EMPTY;
    }
  });
}
