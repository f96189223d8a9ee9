import type { Subscriber } from 'rxjs';
import { NOTHING, type Supply, type SupplyOptions } from './supply.ts';

/** Asks an iterable for one value at a time, and returns its iterator once `subscriber` is closed. */
export function pullSupply<T>(
  source: Iterable<T>,
  subscriber: Subscriber<unknown>,
  { ready }: SupplyOptions,
): Supply<T> {
  const iterator = source[Symbol.iterator]();
  let returnable = true;
  subscriber.add(() => {
    if (returnable) iterator.return?.();
  });

  return {
    pushes: false,
    open: ready,
    take() {
      returnable = false; // neither while it runs, nor after it has thrown
      const result = iterator.next();
      if (result.done) return NOTHING;
      returnable = true;
      if (subscriber.closed) iterator.return?.(); // the consumer left while it ran
      return [result.value];
    },
  };
}
