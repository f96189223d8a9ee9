import { whileIterated } from '../../adapters/http/whileIterated.ts';

/** Knows how many iterations are under way. */
export interface IterationCount {
  count(): number;
  /** The same iterable, each iteration of which counts from its beginning to its end. */
  counted<T>(iterable: AsyncIterable<T>): AsyncIterable<T>;
}

export function countIterations(): IterationCount {
  let running = 0;
  const begin = (): (() => void) => {
    running++;
    return () => {
      running--;
    };
  };
  return { count: () => running, counted: (iterable) => whileIterated(iterable, begin) };
}
