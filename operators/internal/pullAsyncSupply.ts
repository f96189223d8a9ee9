import type { Subscriber } from 'rxjs';
import { inspector } from './inspector.ts';
import { NOTHING, type Supply, type SupplyOptions } from './supply.ts';
import { thisTurn } from './turn.ts';

/**
 * Asks an async iterable for one value at a time, and returns its iterator as soon as `subscriber` is closed, while an
 * answer is pending too. rxjs `from` would ask ahead, and return only when the next value arrives.
 */
export function pullAsyncSupply<T>(
  source: AsyncIterable<T>,
  subscriber: Subscriber<unknown>,
  { ready }: SupplyOptions,
): Supply<T> {
  const iterator = source[Symbol.asyncIterator]();
  const isSeen = inspector.current !== undefined;
  let returnable = true;
  let batch: readonly T[] | undefined;
  let askedAt: number | undefined; // while it has not answered

  const release = async (): Promise<void> => {
    if (returnable) await iterator.return?.();
  };
  subscriber.add(() => {
    release().catch(() => undefined); // nobody is left to tell
  });

  const ask = (): void => {
    askedAt = isSeen ? thisTurn().startedAt : 0;
    try {
      Promise.resolve(iterator.next()).then(answered, failed);
    } catch (thrown) {
      failed(thrown);
    }
  };

  const answered = (result: IteratorResult<T>): void => {
    askedAt = undefined;
    try {
      returnable = !result.done;
      batch = result.done ? NOTHING : [result.value];
      ready();
    } catch (thrown) {
      subscriber.error(thrown);
    }
  };

  const failed = (error: unknown): void => {
    returnable = false;
    subscriber.error(error);
  };

  return {
    pushes: false,
    open: ask,
    take() {
      const taken = batch;
      batch = undefined;
      if (!taken) ask();
      return taken;
    },
    state: () => ({ awaited: askedAt, held: 0 }),
  };
}
