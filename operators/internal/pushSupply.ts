import type { ObservableInput, Subscriber } from 'rxjs';
import { OverflowError } from '../errors.ts';
import { Fifo } from './fifo.ts';
import { inspector } from './inspector.ts';
import { listen } from './listen.ts';
import { originsOf } from './origins.ts';
import { NOTHING, type Supply, type SupplyOptions } from './supply.ts';
import { NEVER, thisTurn } from './turn.ts';

/** Most values taken at once: used ones are let go of only with their batch. */
const BATCH = 64;

/** Subscribes to a source that cannot be held back, and keeps what it pushes, up to `bufferSize`. */
export function pushSupply<T>(
  source: ObservableInput<T>,
  subscriber: Subscriber<unknown>,
  { stage, bufferSize, used, ready }: SupplyOptions,
): Supply<T> {
  const waiting = new Fifo<T>();
  const origins = originsOf();
  let taken = 0;
  let awaited = true;
  const isSeen = inspector.current !== undefined;
  let since = isSeen ? thisTurn() : NEVER; // it is awaited
  let ended = false;
  subscriber.add(() => {
    waiting.clear();
    origins?.clear();
  });

  const tell = (): void => {
    if (!awaited) return;
    awaited = false;
    ready();
  };

  const open = (): void => {
    listen(source, subscriber, {
      next: (value) => {
        if (waiting.size + taken - used() >= bufferSize) throw new OverflowError(stage, bufferSize);
        waiting.push(value);
        origins?.push();
        tell();
      },
      complete: () => {
        ended = true;
        tell();
      },
    });
  };

  const take = (): readonly T[] | undefined => {
    if (waiting.size > 0) {
      const batch = [waiting.shift()];
      while (waiting.size > 0 && batch.length < BATCH) batch.push(waiting.shift());
      taken = batch.length;
      return batch;
    }
    if (ended) return NOTHING;
    awaited = true;
    if (isSeen) since = thisTurn();
    return undefined;
  };

  const state = () => ({ awaited: awaited ? since.startedAt : undefined, held: waiting.size + taken - used() });

  return { pushes: true, open, take, state, origins };
}
