/** The same values. `begin` is called when somebody begins to iterate them, and what it gives once that is over, however it ends. */
export function whileIterated<T>(values: AsyncIterable<T>, begin: () => () => void): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]: () => {
      const end = once(begin());
      const iterator = values[Symbol.asyncIterator]();
      return {
        next: async () => {
          try {
            const result = await iterator.next();
            if (result.done === true) end();
            return result;
          } catch (failure) {
            end();
            throw failure;
          }
        },
        return: async () => {
          end();
          await iterator.return?.();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function once(call: () => void): () => void {
  let isOver = false;
  return () => {
    if (!isOver) call();
    isOver = true;
  };
}
