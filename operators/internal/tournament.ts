import { SourceOrderError } from '../errors.ts';

/** How a {@link Tournament} ranks values. */
export interface TournamentOptions<T, K> {
  readonly lanes: number;
  /** What of a value is compared; called once per value. */
  readonly rank: (value: T) => K;
  /** Whether `a` goes strictly before `b`. */
  readonly before: (a: K, b: K) => boolean;
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
  return new LoserTree(options);
}

/** A class, for its methods are shared: closures would be compiled anew for every merge, measured at a third of the speed. */
class LoserTree<T, K> implements Tournament<T> {
  private readonly lanes: number;
  private readonly rank: (value: T) => K;
  private readonly before: (a: K, b: K) => boolean;
  private readonly isChecked: boolean;
  private readonly nameOf: (lane: number) => number | string;
  private readonly batches: (readonly T[])[];
  private readonly positions: Int32Array;
  private readonly heads: (K | undefined)[];
  private readonly passed: Float64Array; // values of the batches before the one in hand
  private readonly ended: Uint8Array;
  private readonly losers: Int32Array;
  private live: number;
  private winner = -1; // not known until every lane has shown its head
  private last = -1;

  constructor(options: TournamentOptions<T, K>) {
    const { lanes } = options;
    this.lanes = lanes;
    this.rank = options.rank;
    this.before = options.before;
    this.isChecked = options.onUnsorted === 'error';
    this.nameOf = options.nameOf;
    this.batches = Array.from({ length: lanes }, () => []);
    this.positions = new Int32Array(lanes);
    this.heads = Array.from({ length: lanes }, () => undefined);
    this.passed = new Float64Array(lanes);
    this.ended = new Uint8Array(lanes);
    this.losers = new Int32Array(Math.max(lanes, 1)).fill(-1);
    this.live = lanes;
  }

  position(lane: number): number {
    return this.positions[lane]!;
  }

  latest(): number {
    return this.last;
  }

  feed(lane: number, batch: readonly T[], from = 0): void {
    const { rank, isChecked } = this;
    const { length } = this.batches[lane]!;
    this.passed[lane]! += length;
    this.batches[lane] = batch;
    this.positions[lane] = from;
    const head = rank(batch[from]!);
    if (isChecked && length > 0 && this.before(head, this.heads[lane]!)) throw this.misplaced(lane);
    this.heads[lane] = head;
    if (this.winner !== -1) this.climb(lane);
  }

  end(lane: number): void {
    this.ended[lane] = 1;
    this.batches[lane] = [];
    this.live--;
    if (this.winner !== -1) this.climb(lane);
  }

  drain(out: T[], max: number): number {
    if (this.winner === -1) this.build();
    return this.live === 0 ? -1 : this.pop(out, max);
  }

  /** The loop of `climb` for value after value, with everything in locals: this is where all the time goes. */
  private pop(out: T[], max: number): number {
    const { batches, positions, heads, ended, losers, lanes, rank, before, isChecked } = this;
    const allLive = this.live === lanes;
    let lane = this.winner;
    let batch = batches[lane]!;
    let position = positions[lane]!;
    for (let count = max - out.length; count > 0; count--) {
      out.push(batch[position]!);
      positions[lane] = ++position;
      this.last = lane;
      if (position === batch.length) {
        this.winner = lane;
        return lane;
      }

      let head = rank(batch[position]!);
      if (isChecked && before(head, heads[lane]!)) throw this.misplaced(lane);
      heads[lane] = head;
      const climber = lane;
      for (let node = (lane + lanes) >> 1; node > 0; node >>= 1) {
        const resident = losers[node]!;
        if (!allLive && ended[resident] === 1) continue;
        // Of equals the earlier lane wins, so one question tells all.
        if (resident < lane ? !before(head, heads[resident]!) : before(heads[resident]!, head)) {
          losers[node] = lane;
          lane = resident;
          head = heads[lane]!;
        }
      }
      if (lane !== climber) {
        batch = batches[lane]!;
        position = positions[lane]!;
      }
    }
    this.winner = lane;
    return -1;
  }

  private build(): void {
    const { losers, lanes } = this;
    for (let lane = lanes - 1; lane >= 0; lane--) {
      let climber = lane;
      for (let node = (lane + lanes) >> 1; node > 0 && climber !== -1; node >>= 1) {
        const resident = losers[node]!;
        if (resident === -1 || this.beats(resident, climber)) {
          losers[node] = climber;
          climber = resident;
        }
      }
      if (climber !== -1) this.winner = climber;
    }
  }

  private climb(lane: number): void {
    const { losers } = this;
    let climber = lane;
    for (let node = (lane + this.lanes) >> 1; node > 0; node >>= 1) {
      const resident = losers[node]!;
      if (this.beats(resident, climber)) {
        losers[node] = climber;
        climber = resident;
      }
    }
    this.winner = climber;
  }

  private beats(a: number, b: number): boolean {
    if (this.ended[a] === 1) return false;
    if (this.ended[b] === 1) return true;
    const [headA, headB] = [this.heads[a]!, this.heads[b]!];
    return a < b ? !this.before(headB, headA) : this.before(headA, headB);
  }

  private misplaced(lane: number): SourceOrderError {
    return new SourceOrderError(this.nameOf(lane), this.passed[lane]! + this.positions[lane]!);
  }
}
