import { SourceOrderError } from '../../../operators/errors.ts';
import type { PageSource } from '../../contracts/pageSource.ts';
import { SourceLoopError, SourceStalledError, type SourceFailure } from '../../contracts/sourceFailure.ts';
import type { CatchUp } from './catchUp.ts';
import { createLoopGuard } from './loopGuard.ts';
import type { Order } from './order.ts';
import type { PrefetchDepth } from './prefetchDepth.ts';
import type { Hand, SourceReader } from './sourceReader.ts';

/** What became of a lane's wish for values. Exactly one is called per wish. */
export interface LaneEvents<T> {
  /** Values are there: the items of `hand` from index `from`. */
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
  readonly reader: SourceReader<T>;
  readonly catchUp: CatchUp<T>;
  readonly prefetch: PrefetchDepth;
  /** Where to begin: the address of the first page. */
  readonly token: string | undefined;
  readonly size: number;
  /** Items to ask for from the page after the first one on. */
  readonly nextSize: number;
  readonly emptyPages: number;
  readonly order: Order<T>;
  /** The first page, if it was kept and is still good. */
  readonly kept: () => Hand<T> | undefined;
  /** Runs what a page that came sets off. */
  readonly guard: (work: () => void) => void;
}

/** One source within a walk: reads page after page, ahead where that pays, and guards against loops. */
export interface Lane<T> {
  /** Wishes for the next values; one wish at a time. */
  readonly next: (on: LaneEvents<T>) => void;
  /** Fetches a page ahead if that is due, `left` items of the page in hand being still there. */
  readonly lookAhead: (left: number) => void;
  /** The page in hand; undefined before the first. */
  readonly hand: Hand<T> | undefined;
  /** Cancels what is under way. The lane can go on with `next`. */
  readonly stop: () => void;
}

export function createLane<T, Q>(options: LaneOptions<T, Q>): Lane<T> {
  const { source, reader, catchUp, prefetch, emptyPages, guard } = options;
  const { rankOf, markOf } = options.order;
  const advances = createLoopGuard();
  let hand: Hand<T> | undefined;
  let edge: Hand<T> | undefined; // the last page that was not empty
  let ahead: Hand<T>[] = [];
  let wish: LaneEvents<T> | undefined;
  let passed = 0; // items of the pages before the one in hand
  let empty = 0;
  let repeatsKeys = false;
  let failedAhead = false;

  const settle = (): LaneEvents<T> => {
    const on = wish!;
    wish = undefined;
    return on;
  };
  const fail = (failure: SourceFailure) => settle().failed(failure);

  const read = () => {
    const before = ahead.at(-1) ?? hand;
    const [token, size] = before ? [before.next, options.nextSize] : [options.token, options.size];
    reader.read(token, size, arrived, (failure) => {
      failedAhead = true;
      if (wish) guard(() => fail(failure));
    });
  };

  const arrived = (page: Hand<T>) => {
    if (wish) guard(() => take(page));
    else ahead.push(page);
  };

  const take = (page: Hand<T>) => {
    empty = page.items.length === 0 ? empty + 1 : 0;
    if (page.next !== undefined && !advances(page.token, page.next)) fail(new SourceLoopError(source.name));
    else if (page.next !== undefined && empty > emptyPages) fail(new SourceStalledError(source.name, emptyPages));
    else if (edge && !page.shifted && looksMoved(edge, page)) check(edge, page);
    else place(page);
  };

  /** A source whose list moved repeats items at the edge of a page. One that has equal keys looks the same. */
  const looksMoved = (before: Hand<T>, page: Hand<T>): boolean => {
    if (source.paging === 'keyset' || page.items.length === 0) return false;
    const order = compare(before.items.at(-1)!, page.items[0]!);
    return order > 0 || (order === 0 && !repeatsKeys);
  };

  /** Reads the page before again: if its edge is where it was, nothing has moved. */
  const check = (before: Hand<T>, page: Hand<T>) => {
    ahead = [];
    reader.stop();
    const prove = (again: Hand<T>) => {
      const stands = again.items.length === before.items.length && lastMark(again) === lastMark(before);
      if (!stands) catchUp.moved();
      else if (compare(before.items.at(-1)!, page.items[0]!) > 0) {
        fail(new SourceOrderError(source.name, passed + (hand?.items.length ?? 0)));
        return;
      }
      repeatsKeys ||= stands;
      place(page);
    };
    reader.read(
      before.token,
      before.size,
      (again) => guard(() => prove(again)),
      (failure) => guard(() => fail(failure)),
    );
  };

  const compare = (a: T, b: T) => options.order.compare(rankOf(a), rankOf(b));
  const lastMark = ({ items }: Hand<T>) => markOf(items.at(-1)!);

  const place = (page: Hand<T>) => {
    passed += hand?.items.length ?? 0;
    hand = page;
    if (page.items.length > 0) edge = page;
    const from = catchUp.place(page);
    const on = settle();
    if (from < page.items.length) on.fed(page, from);
    else if (page.next === undefined) on.ended();
    else on.again();
  };

  return {
    get hand() {
      return hand;
    },

    next(on) {
      wish = on;
      failedAhead = false;
      if (hand) prefetch.usedUp();
      const there = hand ? ahead.shift() : options.kept();
      if (there) {
        take(there);
        return;
      }
      prefetch.waited();
      if (!reader.busy) read();
    },

    lookAhead(left) {
      const last = ahead.at(-1) ?? hand;
      if (wish || failedAhead || reader.busy || last?.next === undefined) return;
      const held = ahead.reduce((sum, page) => sum + page.items.length, left);
      if (prefetch.wants(ahead.length, held, Math.max(last.items.length, 1))) read();
    },

    stop() {
      reader.stop();
      wish = undefined;
    },
  };
}
