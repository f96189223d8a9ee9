import { ComparatorError, SourceOrderError } from '../errors.ts';

/** How a {@link Tournament} ranks values. */
export interface TournamentOptions<T, K> {
  readonly lanes: number;
  /** What of a value is compared; called once per value. */
  readonly rank: (value: T) => K;
  readonly compare: (a: K, b: K) => number;
  /** Whether a lane that breaks its own order is an error or passes. */
  readonly onUnsorted: 'error' | 'pass';
  /** How errors name a lane. */
  readonly nameOf: (lane: number) => number | string;
}

/**
 * Merges lanes of sorted batches into one order. A plain state machine: it is fed, and drained.
 *
 * Every lane must be fed or ended before the first `drain`. After that only the lane that `drain` returned may be fed
 * or ended: until it is, the smallest value is not known.
 */
export interface Tournament<T> {
  /** Gives a lane its next values, at least one, beginning at index `from`. */
  feed(lane: number, batch: readonly T[], from?: number): void;
  /** Says that a lane has nothing more to give. */
  end(lane: number): void;
  /** Moves values to `out`, smallest first, until it holds `max`. The lane that ran out of values, or -1. */
  drain(out: T[], max: number): number;
  /** The index, in the batch in hand of a lane, of its next value. */
  position(lane: number): number;
  /** The lane of the value that was drained last, -1 before there was one. */
  latest(): number;
}

/**
 * A loser tree (Knuth, The Art of Computer Programming, vol. 3, 5.4.1): log2(lanes) comparisons per value, one more when
 * order is checked. Of equal values the one of the earlier lane goes first.
 */
export function createTournament<T, K>(options: TournamentOptions<T, K>): Tournament<T> {
  const { lanes, rank, compare, nameOf } = options;
  const checked = options.onUnsorted === 'error';
  const batches = new Array<readonly T[]>(lanes).fill([]);
  const positions = new Int32Array(lanes);
  const heads = new Array<K | undefined>(lanes).fill(undefined);
  const passed = new Float64Array(lanes); // values of the batches before the one in hand
  const ended = new Uint8Array(lanes);
  const losers = new Int32Array(Math.max(lanes, 1));
  let live = lanes;
  let winner = -1; // not known until every lane has shown its head
  let latest = -1;

  const beats = (a: number, b: number): boolean => {
    if (ended[a] === 1) return false;
    if (ended[b] === 1) return true;
    const order = compare(heads[a]!, heads[b]!);
    if (!(order <= 0) && !(order > 0)) throw notANumber(order);
    return order < 0 || (order === 0 && a < b);
  };

  const build = () => {
    losers.fill(-1);
    for (let lane = lanes - 1; lane >= 0; lane--) {
      let climber = lane;
      for (let node = (lane + lanes) >> 1; node > 0 && climber !== -1; node >>= 1) {
        const resident = losers[node]!;
        if (resident === -1 || beats(resident, climber)) {
          losers[node] = climber;
          climber = resident;
        }
      }
      if (climber !== -1) winner = climber;
    }
  };

  const climb = (lane: number) => {
    let climber = lane;
    for (let node = (lane + lanes) >> 1; node > 0; node >>= 1) {
      const resident = losers[node]!;
      if (beats(resident, climber)) {
        losers[node] = climber;
        climber = resident;
      }
    }
    winner = climber;
  };

  const inOrder = (order: number, lane: number) => {
    if (order > 0) throw new SourceOrderError(nameOf(lane), passed[lane]! + positions[lane]!);
    if (!(order <= 0)) throw notANumber(order);
  };

  // The loop of `climb` once more, with everything in locals: this is where all the time goes.
  const drain = (out: T[], max: number): number => {
    if (winner === -1) build();
    if (live === 0) return -1;
    let lane = winner;
    while (out.length < max) {
      const batch = batches[lane]!;
      const position = positions[lane]! + 1;
      out.push(batch[position - 1]!);
      positions[lane] = position;
      latest = lane;
      if (position === batch.length) {
        winner = lane;
        return lane;
      }

      let head = rank(batch[position]!);
      if (checked) inOrder(compare(heads[lane]!, head), lane);
      heads[lane] = head;
      for (let node = (lane + lanes) >> 1; node > 0; node >>= 1) {
        const resident = losers[node]!;
        if (ended[resident] === 1) continue;
        const order = compare(heads[resident]!, head);
        if (order < 0 || (order === 0 && resident < lane)) {
          losers[node] = lane;
          lane = resident;
          head = heads[lane]!;
        } else if (!(order >= 0)) throw notANumber(order);
      }
    }
    winner = lane;
    return -1;
  };

  return {
    feed(lane, batch, from = 0) {
      const before = batches[lane]!.length;
      passed[lane]! += before;
      batches[lane] = batch;
      positions[lane] = from;
      guarded(() => {
        const head = rank(batch[from]!);
        if (checked && before > 0) inOrder(compare(heads[lane]!, head), lane);
        heads[lane] = head;
        if (winner !== -1) climb(lane);
      });
    },

    end(lane) {
      ended[lane] = 1;
      batches[lane] = [];
      live--;
      if (winner !== -1) guarded(() => climb(lane));
    },

    drain: (out, max) => guarded(() => drain(out, max)),
    position: (lane) => positions[lane]!,
    latest: () => latest,
  };
}

function notANumber(order: unknown): ComparatorError {
  return new ComparatorError(`returned ${String(order)}`);
}

function guarded<R>(work: () => R): R {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof ComparatorError || thrown instanceof SourceOrderError) throw thrown;
    throw new ComparatorError('threw', { cause: thrown });
  }
}
