import { SourceOrderError } from '../../../operators/errors.ts';
import type { PageSource } from '../../contracts/pageSource.ts';
import { SourceLoopError, SourceStalledError, type SourceFailure } from '../../contracts/sourceFailure.ts';
import type { CatchUp } from './catchUp.ts';
import type { LaneEvents } from './laneEvents.ts';
import { LoopGuard } from './loopGuard.ts';
import type { Order } from './order.ts';
import type { PageQueue } from './pageQueue.ts';
import type { Hand, PageTaker } from './sourceReader.ts';

/** What a {@link Lane} reads and how. */
export interface LaneOptions<T> {
  readonly index: number;
  readonly source: PageSource<T, never>;
  readonly queue: PageQueue<T>;
  readonly catchUp: CatchUp<T>;
  readonly order: Order<T>;
  /** Most pages in a row that bring nothing. */
  readonly emptyPages: number;
  readonly on: LaneEvents<T>;
}

/** One source within a walk: the items of its pages, guarded against loops, stalls and lists that move. */
export class Lane<T> implements PageTaker<T> {
  /** The page in hand; undefined before the first. */
  hand: Hand<T> | undefined = undefined;
  readonly queue: PageQueue<T>;
  private readonly options: LaneOptions<T>;
  readonly name: string;
  private readonly on: LaneEvents<T>;
  private readonly guard = new LoopGuard();
  private edge: Hand<T> | undefined = undefined; // the last page that was not empty
  private ranked: Hand<T> | undefined = undefined; // the one that `rank` is of
  private rank: unknown;
  private passed = 0; // items of the pages before the one in hand
  private barren = 0; // pages in a row that brought nothing
  private repeatsKeys = false;

  constructor(options: LaneOptions<T>) {
    this.options = options;
    this.on = options.on;
    this.name = options.source.name;
    this.queue = options.queue;
  }

  /** Wishes for the next items; one wish at a time. */
  next(): void {
    this.queue.next(this);
  }

  got(page: Hand<T>): void {
    this.settle(() => this.take(page));
  }

  failed(failure: SourceFailure): void {
    this.settle(() => this.fail(failure));
  }

  /** The rank of the last item of a page; worked out once for the page in hand, which is asked for it again and again. */
  rankOfEnd(page: Hand<T>): unknown {
    if (page === this.ranked) return this.rank;
    const rank = this.options.order.rankOf(page.items.at(-1)!);
    if (page === this.hand) {
      this.ranked = page;
      this.rank = rank;
    }
    return rank;
  }

  private settle(work: () => void): void {
    try {
      work();
    } catch (thrown) {
      this.on.thrown(this.options.index, thrown);
    }
    this.on.settled();
  }

  private fail(failure: SourceFailure): void {
    this.on.failed(this.options.index, failure);
  }

  private take(page: Hand<T>): void {
    const { next } = page;
    if (next !== undefined && !this.guard.leadsOn(page.token, next)) this.fail(new SourceLoopError(this.name));
    else if (this.edge && this.looksMoved(this.edge, page)) this.prove(this.edge, page);
    else this.place(page);
  }

  /** A source whose list moved repeats items at the edge of a page. One that has equal keys looks the same. */
  private looksMoved(before: Hand<T>, page: Hand<T>): boolean {
    const { source, order } = this.options;
    if (page.items.length === 0 || page.shifted || source.paging === 'keyset') return false;
    if (this.repeatsKeys) return this.goesBack(before, page);
    // What goes back does not go on: one question is enough for a list that stands still.
    return !order.before(this.rankOfEnd(before), order.rankOf(page.items[0]!));
  }

  /** Reads the page before again: if its edge is where it was, nothing has moved. */
  private prove(before: Hand<T>, page: Hand<T>): void {
    this.queue.reread(before, {
      got: (again) => this.settle(() => this.judge(before, again, page)),
      failed: (failure) => this.failed(failure),
    });
  }

  private judge(before: Hand<T>, again: Hand<T>, page: Hand<T>): void {
    const stands = again.items.length === before.items.length && this.markOfLast(again) === this.markOfLast(before);
    if (stands && this.goesBack(before, page)) {
      this.fail(new SourceOrderError(this.name, this.passed + (this.hand?.items.length ?? 0)));
      return;
    }
    if (stands) this.repeatsKeys = true;
    else this.options.catchUp.moved();
    this.place(page);
  }

  private place(page: Hand<T>): void {
    const { catchUp, emptyPages, index } = this.options;
    const { items, next } = page;
    this.passed += this.hand?.items.length ?? 0;
    this.hand = page;
    if (items.length > 0) this.edge = page;
    const from = catchUp.place(page);
    if (from < items.length) {
      this.barren = 0;
      this.on.fed(index, page, from);
      return;
    }
    this.barren = items.length === 0 || page.shifted ? this.barren + 1 : 0;
    if (next === undefined) this.on.ended(index);
    else if (this.barren > emptyPages) this.fail(new SourceStalledError(this.name, emptyPages));
    else this.on.again(index);
  }

  private goesBack(before: Hand<T>, page: Hand<T>): boolean {
    const { rankOf, before: isBefore } = this.options.order;
    return isBefore(rankOf(page.items[0]!), this.rankOfEnd(before));
  }

  private markOfLast({ items }: Hand<T>): string {
    return this.options.order.markOf(items.at(-1)!);
  }
}
