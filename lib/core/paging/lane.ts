import { SourceOrderError } from '../../../operators/errors.ts';
import type { PageSource } from '../../contracts/pageSource.ts';
import { SourceLoopError, SourceStalledError, type SourceFailure } from '../../contracts/sourceFailure.ts';
import type { CatchUp } from './catchUp.ts';
import { createLoopGuard } from './loopGuard.ts';
import type { Order } from './order.ts';
import type { PageQueue } from './pageQueue.ts';
import type { Hand } from './sourceReader.ts';

/** What became of a lane's wish for items. Exactly one is called per wish. */
export interface LaneEvents<T> {
  /** Items are there: those of `hand` from index `from`. */
  readonly fed: (hand: Hand<T>, from: number) => void;
  /** The source is exhausted. */
  readonly ended: () => void;
  readonly failed: (failure: SourceFailure) => void;
  /** The page that came had nothing to deliver: call `next` again. */
  readonly again: () => void;
}

/** What a {@link Lane} reads and how. */
export interface LaneOptions<T, Q> {
  readonly source: PageSource<T, Q>;
  readonly queue: PageQueue<T>;
  readonly catchUp: CatchUp<T>;
  readonly emptyPages: number;
  readonly order: Order<T>;
  /** Runs what a page that came sets off. */
  readonly guard: (work: () => void) => void;
}

/** One source within a walk: the items of its pages, guarded against loops, stalls and lists that move. */
export interface Lane<T> {
  /** Wishes for the next items; one wish at a time. */
  readonly next: (on: LaneEvents<T>) => void;
  /** The page in hand; undefined before the first. */
  readonly hand: Hand<T> | undefined;
}

export function createLane<T, Q>({ source, queue, catchUp, emptyPages, order, guard }: LaneOptions<T, Q>): Lane<T> {
  const { rankOf, markOf, compare } = order;
  const leadsOn = createLoopGuard();
  let hand: Hand<T> | undefined;
  let edge: Hand<T> | undefined; // the last page that was not empty
  let passed = 0; // items of the pages before the one in hand
  let empty = 0; // empty pages in a row
  let repeatsKeys = false;

  const take = (page: Hand<T>, on: LaneEvents<T>) => {
    empty = page.items.length === 0 ? empty + 1 : 0;
    if (page.next !== undefined && !leadsOn(page.token, page.next)) on.failed(new SourceLoopError(source.name));
    else if (page.next !== undefined && empty > emptyPages) on.failed(new SourceStalledError(source.name, emptyPages));
    else if (edge && looksMoved(edge, page)) prove(edge, page, on);
    else place(page, on);
  };

  /** A source whose list moved repeats items at the edge of a page. One that has equal keys looks the same. */
  const looksMoved = (before: Hand<T>, page: Hand<T>): boolean => {
    if (source.paging === 'keyset' || page.shifted || page.items.length === 0) return false;
    const side = sideOf(before, page);
    return side > 0 || (side === 0 && !repeatsKeys);
  };

  /** Reads the page before again: if its edge is where it was, nothing has moved. */
  const prove = (before: Hand<T>, page: Hand<T>, on: LaneEvents<T>) => {
    const judge = (again: Hand<T>) => {
      const stands = again.items.length === before.items.length && markOfLast(again) === markOfLast(before);
      if (stands && sideOf(before, page) > 0) {
        on.failed(new SourceOrderError(source.name, passed + (hand?.items.length ?? 0)));
        return;
      }
      if (stands) repeatsKeys = true;
      else catchUp.moved();
      place(page, on);
    };
    queue.reread(before, { got: (again) => guard(() => judge(again)), failed: (why) => guard(() => on.failed(why)) });
  };

  const place = (page: Hand<T>, on: LaneEvents<T>) => {
    passed += hand?.items.length ?? 0;
    hand = page;
    if (page.items.length > 0) edge = page;
    const from = catchUp.place(page);
    if (from < page.items.length) on.fed(page, from);
    else if (page.next === undefined) on.ended();
    else on.again();
  };

  const sideOf = (before: Hand<T>, page: Hand<T>) => compare(rankOf(before.items.at(-1)!), rankOf(page.items[0]!));
  const markOfLast = ({ items }: Hand<T>) => markOf(items.at(-1)!);

  return {
    get hand() {
      return hand;
    },
    next(on) {
      queue.next({ got: (page) => guard(() => take(page, on)), failed: (why) => guard(() => on.failed(why)) });
    },
  };
}
