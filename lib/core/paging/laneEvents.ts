import type { SourceFailure } from '../../contracts/sourceFailure.ts';
import type { Hand } from './sourceReader.ts';

/** What becomes of a lane's wish for items. One of the first five is called, then `settled`. */
export interface LaneEvents<T> {
  /** Items are there: those of `hand` from index `from`. */
  fed(lane: number, hand: Hand<T>, from: number): void;
  /** The source is exhausted. */
  ended(lane: number): void;
  failed(lane: number, failure: SourceFailure): void;
  /** The page that came had nothing to deliver: call `next` again. */
  again(lane: number): void;
  /** One of the above, the comparator or the key threw. */
  thrown(lane: number, error: unknown): void;
  settled(): void;
}
