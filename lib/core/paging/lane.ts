import { SourceOrderError } from '../../../operators/errors.ts';
import type { PageSource } from '../../contracts/pageSource.ts';
import { SourceLoopError, SourceStalledError, type SourceFailure } from '../../contracts/sourceFailure.ts';
import type { CatchUp } from './catchUp.ts';
import { createLoopGuard } from './loopGuard.ts';
import type { Order } from './order.ts';
import type { PageQueue } from './pageQueue.ts';
import type { Hand } from './sourceReader.ts';

/** What becomes of a lane's wish for items. One of the first five is called, then `settled`. */
export interface LaneEvents<T> {
  /** Items are there: those of `hand` from index `from`. */
  readonly fed: (hand: Hand<T>, from: number) => void;
  /** The source is exhausted. */
  readonly ended: () => void;
  readonly failed: (failure: SourceFailure) => void;
  /** The page that came had nothing to deliver: call `next` again. */
  readonly again: () => void;
  /** One of the above, the comparator or the key threw. */
  readonly thrown: (error: unknown) => void;
  readonly settled: () => void;
}

/** What a {@link Lane} reads and how. */
export interface LaneOptions<T, Q> {
  readonly source: PageSource<T, Q>;
  readonly queue: PageQueue<T>;
  readonly catchUp: CatchUp<T>;
  readonly order: Order<T>;
  /** Most pages in a row that bring nothing. */
  readonly emptyPages: number;
  readonly on: LaneEvents<T>;
}

/** One source within a walk: the items of its pages, guarded against loops, stalls and lists that move. */
export interface Lane<T> {
  /** Wishes for the next items; one wish at a time. */
  readonly next: () => void;
  /** The page in hand; undefined before the first. */
  readonly hand: () => Hand<T> | undefined;
}

export function createLane<T, Q>({ source, queue, catchUp, emptyPages, order, on }: LaneOptions<T, Q>): Lane<T> {
  const { rankOf, markOf, before: isBefore } = order;
  const leadsOn = createLoopGuard();
  let hand: Hand<T> | undefined;
  let edge: Hand<T> | undefined; // the last page that was not empty
  let passed = 0; // items of the pages before the one in hand
  let barren = 0; // pages in a row that brought nothing
  let repeatsKeys = false;

  const take = (page: Hand<T>) => {
    if (page.next !== undefined && !leadsOn(page.token, page.next)) on.failed(new SourceLoopError(source.name));
    else if (edge && looksMoved(edge, page)) prove(edge, page);
    else place(page);
  };

  /** A source whose list moved repeats items at the edge of a page. One that has equal keys looks the same. */
  const looksMoved = (before: Hand<T>, page: Hand<T>): boolean => {
    if (source.paging === 'keyset' || page.shifted || page.items.length === 0) return false;
    return goesBack(before, page) || (!repeatsKeys && !isBefore(rankOf(before.items.at(-1)!), rankOf(page.items[0]!)));
  };

  /** Reads the page before again: if its edge is where it was, nothing has moved. */
  const prove = (before: Hand<T>, page: Hand<T>) => {
    const judge = (again: Hand<T>) => {
      const stands = again.items.length === before.items.length && markOfLast(again) === markOfLast(before);
      if (stands && goesBack(before, page)) {
        on.failed(new SourceOrderError(source.name, passed + (hand?.items.length ?? 0)));
        return;
      }
      if (stands) repeatsKeys = true;
      else catchUp.moved();
      place(page);
    };
    queue.reread(before, { got: guarded(judge), failed: guarded(on.failed) });
  };

  const place = (page: Hand<T>) => {
    const { items, next } = page;
    passed += hand?.items.length ?? 0;
    hand = page;
    if (items.length > 0) edge = page;
    const from = catchUp.place(page);
    if (from < items.length) {
      barren = 0;
      on.fed(page, from);
      return;
    }
    barren = items.length === 0 || page.shifted ? barren + 1 : 0;
    if (next === undefined) on.ended();
    else if (barren > emptyPages) on.failed(new SourceStalledError(source.name, emptyPages));
    else on.again();
  };

  const goesBack = (before: Hand<T>, page: Hand<T>) => isBefore(rankOf(page.items[0]!), rankOf(before.items.at(-1)!));
  const markOfLast = ({ items }: Hand<T>) => markOf(items.at(-1)!);

  const guarded =
    <V>(work: (value: V) => void) =>
    (value: V): void => {
      try {
        work(value);
      } catch (thrown) {
        on.thrown(thrown);
      }
      on.settled();
    };
  const wish = { got: guarded(take), failed: guarded(on.failed) };

  return { hand: () => hand, next: () => queue.next(wish) };
}
