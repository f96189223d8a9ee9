import { isObservable, observable, type ObservableInput, type Subscriber } from 'rxjs';
import { pullAsyncSupply } from './pullAsyncSupply.ts';
import { pullSupply } from './pullSupply.ts';
import { pushSupply } from './pushSupply.ts';
import { NOTHING, type Supply, type SupplyOptions } from './supply.ts';

/**
 * Supplies the values of any kind of source, until `subscriber` is closed. Arrays are taken whole, iterables and async
 * iterables are asked for one value at a time, all others push.
 */
export function createSupply<T>(
  source: ObservableInput<T>,
  subscriber: Subscriber<unknown>,
  options: SupplyOptions,
): Supply<T> {
  // In the order of rxjs `from`: a source that is two things at once is the same one here as there.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the key that rxjs itself looks for
  if (isObservable(source) || has(source, observable)) return pushSupply(source, subscriber, options);
  if (isArrayLike(source)) return arraySupply(source, options);
  if (has(source, 'then')) return pushSupply(source, subscriber, options);
  if (has(source, Symbol.asyncIterator)) return pullAsyncSupply(source as AsyncIterable<T>, subscriber, options);
  if (has(source, Symbol.iterator)) return pullSupply(source as Iterable<T>, subscriber, options);
  return pushSupply(source, subscriber, options);
}

function arraySupply<T>(source: readonly T[], { ready }: SupplyOptions): Supply<T> {
  let left = source;
  return {
    pushes: false,
    open: ready,
    take() {
      const batch = left;
      left = NOTHING;
      return batch;
    },
  };
}

function has(source: unknown, method: PropertyKey): boolean {
  return typeof property(source, method) === 'function';
}

function isArrayLike<T>(source: ObservableInput<T>): source is readonly T[] {
  return typeof source !== 'function' && typeof property(source, 'length') === 'number';
}

function property(source: unknown, key: PropertyKey): unknown {
  return Reflect.get(Object(source) as object, key);
}
