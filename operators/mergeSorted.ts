import { EMPTY, Observable, type ObservableInput, type ObservedValueOf, type OperatorFunction } from 'rxjs';
import { OptionError } from './errors.ts';
import { beforeBy } from './internal/beforeBy.ts';
import { checkChoice, checkInteger } from './internal/checkOption.ts';
import { carrier } from './internal/carrier.ts';
import { createSupply } from './internal/createSupply.ts';
import { emitCarried, emitInOrder } from './internal/emitInOrder.ts';
import { enrollMerge } from './internal/mergePart.ts';
import { Tournament } from './internal/tournament.ts';

/** How {@link mergeSorted} orders values and how much it may hold. Any fp-ts `Ord` is one. */
export interface MergeSortedOptions<T> {
  /** Negative when `a` goes first, positive when `b` does, 0 to keep the order of the sources. */
  readonly compare: (a: T, b: T) => number;
  /** Most values to hold per source that pushes (Observables, promises) while a slower one is awaited. Default: 1024. */
  readonly bufferSize?: number | undefined;
  /** Whether a source that breaks its own order is an error or passes: nothing lost, and not in order. Default: `error`. */
  readonly onUnsorted?: 'error' | 'pass' | undefined;
  /** What an inspection calls it. Default: `mergeSorted`. */
  readonly name?: string | undefined;
}

/**
 * Merges sources that are each in order into one that is in order.
 *
 * ```text
 * a       --1---4---|
 * b       ----2---5---6-|
 * merged  ----1-2-4-5-6-|
 * ```
 *
 * - **Emits** the smallest value, as soon as every source that has not ended has shown its next one. Of equal values
 *   the one of the earlier source goes first.
 * - **Holds** up to `bufferSize` values of each source that pushes: a silent source holds back all the others. Iterables
 *   and async iterables are asked for the next value only when the last one was emitted, and arrays are read in place.
 * - **Completes** when every source has.
 * - **Errors** at once when a source does, with {@link OverflowError} when a source is too far ahead of another, with
 *   {@link SourceOrderError} when a source is not in order itself, with {@link ComparatorError} when `compare` fails.
 * - **Unsubscribing** unsubscribes every source, returns the iterators, and drops what is held.
 *
 * @example
 * const log$ = mergeSorted([shardA$, shardB$], { compare: (a, b) => a.time - b.time });
 *
 * @see {@link mergeSortedWith} for the pipeable form
 */
export function mergeSorted<O extends ObservableInput<unknown>>(
  sources: readonly O[],
  options: MergeSortedOptions<ObservedValueOf<O>>,
): Observable<ObservedValueOf<O>> {
  type T = ObservedValueOf<O>;
  const { compare, bufferSize = 1024, onUnsorted = 'error', name = 'mergeSorted' } = options;
  if (typeof compare !== 'function') throw new OptionError('compare', 'a function', compare);
  checkInteger('bufferSize', bufferSize, 1);
  checkChoice('onUnsorted', onUnsorted, ['error', 'pass']);
  if (sources.length === 0) return EMPTY;

  return new Observable<T>((subscriber) => {
    const tournament = new Tournament<T, T>({
      lanes: sources.length,
      rank: (value) => value,
      before: beforeBy(compare),
      onUnsorted,
      nameOf: (lane) => lane,
    });
    let silent = sources.length; // lanes whose next value is not known: until this is 0, nor is the smallest
    let live = sources.length;

    const supplies = sources.map((source, lane) =>
      createSupply<T>(source as ObservableInput<T>, subscriber, {
        stage: 'mergeSorted',
        bufferSize,
        used: () => tournament.position(lane),
        ready: () => {
          refill(lane);
          silent--;
          drain();
        },
      }),
    );

    subscriber.add(enrollMerge({ name, supplies }));
    const asked = carrier.current?.enter(); // where values come from that are pulled

    const refill = (lane: number): void => {
      if (lane === -1 || subscriber.closed) return;
      const batch = supplies[lane]!.take();
      if (batch === undefined) silent++;
      else if (batch.length > 0) tournament.feed(lane, batch);
      else {
        live--;
        tournament.end(lane);
      }
    };

    const drain = (): void => {
      // While it runs no lane is silent: a source that is fed from within next keeps the value, and is not ready again.
      while (silent === 0 && live > 0 && !subscriber.closed) refill(emit());
      if (live === 0) subscriber.complete();
    };

    const next = (value: T) => subscriber.next(value);
    const emit = () => (asked ? emitCarried(tournament, next, supplies, asked) : emitInOrder(tournament, next));

    // Those that push come last: what is at hand is shown by then, and a synchronous one need not wait for it.
    for (const supply of [...supplies].sort((a, b) => Number(a.pushes) - Number(b.pushes))) {
      if (!subscriber.closed) supply.open();
    }
  });
}

/**
 * The pipeable form of {@link mergeSorted}: merges the source with `others`. Of equal values those of the source go first.
 *
 * @example
 * const log$ = shardA$.pipe(mergeSortedWith([shardB$, shardC$], { compare: (a, b) => a.time - b.time }));
 */
export function mergeSortedWith<T, O extends ObservableInput<unknown>>(
  others: readonly O[],
  options: MergeSortedOptions<T | ObservedValueOf<O>>,
): OperatorFunction<T, T | ObservedValueOf<O>> {
  return (source) => mergeSorted<ObservableInput<T> | O>([source, ...others], options);
}
