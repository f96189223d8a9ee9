/** Knows how many iterations are under way. */
export interface IterationCount {
  count(): number;
  /** The same iterable, each iteration of which counts from its beginning to its end. */
  counted<T>(iterable: AsyncIterable<T>): AsyncIterable<T>;
}

export function countIterations(): IterationCount {
  let running = 0;

  return {
    count: () => running,
    counted: <T>(iterable: AsyncIterable<T>): AsyncIterable<T> => ({
      [Symbol.asyncIterator]: () => {
        const iterator = iterable[Symbol.asyncIterator]();
        let isOver = false;
        const end = (): void => {
          if (!isOver) running--;
          isOver = true;
        };
        running++;
        return {
          next: async () => {
            const result = await iterator.next();
            if (result.done === true) end();
            return result;
          },
          return: async () => {
            end();
            await iterator.return?.();
            return { done: true, value: undefined };
          },
        };
      },
    }),
  };
}
