import { RequestError } from '../../adapters/http/problem.ts';

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
  return {
    check,
    iterated: (values) => ({
      [Symbol.asyncIterator]: () => {
        check();
        taken++;
        let isTaken = true;
        const free = (): void => {
          if (isTaken) taken--;
          isTaken = false;
        };
        const iterator = values[Symbol.asyncIterator]();
        return {
          next: async () => {
            try {
              const result = await iterator.next();
              if (result.done === true) free();
              return result;
            } catch (failure) {
              free();
              throw failure;
            }
          },
          return: async () => {
            free();
            await iterator.return?.();
            return { done: true, value: undefined };
          },
        };
      },
    }),
  };
}
