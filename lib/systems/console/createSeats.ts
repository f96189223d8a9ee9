import { RequestError } from '../../adapters/http/problem.ts';
import { whileIterated } from '../../adapters/http/whileIterated.ts';

/** How many follow the live stream. */
export interface Seats {
  /** Throws RequestError where there is no room for one more. */
  check(): void;
  /** The same, and counted from when it is iterated until it ends. */
  iterated<T>(values: AsyncIterable<T>): AsyncIterable<T>;
}

const LATER = { 'retry-after': '5' };

export function createSeats(most = 16): Seats {
  let taken = 0;

  const check = (): void => {
    if (taken < most) return;
    throw new RequestError(503, 'too_many_clients', `${most} clients look already: try again later`, LATER);
  };
  const take = (): (() => void) => {
    check();
    taken++;
    return () => {
      taken--;
    };
  };
  return { check, iterated: (values) => whileIterated(values, take) };
}
