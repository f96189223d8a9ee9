import type { SourceFailure } from '../../contracts/sourceFailure.ts';
import type { PrefetchDepth } from './prefetchDepth.ts';
import type { Hand, PageTaker, SourceReader } from './sourceReader.ts';

/** Where the pages of a {@link PageQueue} come from. */
export interface PageQueueOptions<T> {
  readonly reader: Pick<SourceReader<T, never>, 'read' | 'isBusy' | 'askedAt' | 'stop'>;
  readonly prefetch: PrefetchDepth;
  /** The address of the first page. */
  readonly token: string | undefined;
  readonly size: number;
  /** Items to ask for from the page after the first one on. */
  readonly nextSize: number;
  /** Called when a page has been read ahead: another one may be due. */
  readonly readAhead: () => void;
  /** The first page, if it was kept and is still good. */
  readonly kept: () => Hand<T> | undefined;
}

/** The pages of one source, one after the other, read ahead where that pays. */
export class PageQueue<T> implements PageTaker<T> {
  private readonly options: PageQueueOptions<T>;
  private readonly reader: PageQueueOptions<T>['reader'];
  private readonly prefetch: PrefetchDepth;
  private given: Hand<T> | undefined = undefined;
  private ahead: Hand<T>[] = [];
  private held = 0; // items of the pages ahead
  private taker: PageTaker<T> | undefined = undefined;
  private failedAhead = false;

  constructor(options: PageQueueOptions<T>) {
    this.options = options;
    this.reader = options.reader;
    this.prefetch = options.prefetch;
  }

  /** Wishes for the page after the last one given; one wish at a time. */
  next(taker: PageTaker<T>): void {
    this.failedAhead = false;
    if (this.given) this.prefetch.usedUp();
    const there = this.given ? this.shift() : this.options.kept();
    if (there) {
      this.given = there;
      taker.got(there);
      return;
    }
    this.taker = taker;
    this.prefetch.waited();
    if (!this.reader.isBusy()) this.read();
  }

  /** Reads a page once more. What was read ahead is forgotten. */
  reread(page: Hand<T>, taker: PageTaker<T>): void {
    this.ahead = [];
    this.held = 0;
    this.reader.stop();
    this.reader.read(page.token, page.size, taker);
  }

  /**
   * Reads a page ahead if that is due, `left` items of the last one given being still there. `leads` tells of the last
   * page held whether it is used up before any other source's page in hand. Returns how few must be left before there is
   * a reason to ask again, as long as no other page has come or been given; below 0 when there is none.
   */
  lookAhead(left: number, leads: (last: Hand<T>) => boolean): number {
    if (this.taker || this.failedAhead || this.reader.isBusy()) return -1;
    const { ahead, prefetch, held } = this;
    const last = ahead.length > 0 ? ahead[ahead.length - 1] : this.given;
    if (last?.next === undefined) return -1;
    const length = Math.max(last.items.length, 1);
    if (!prefetch.wants(ahead.length, left + held, length, () => leads(last))) {
      return prefetch.enough(ahead.length, length) - held;
    }
    this.read();
    return this.reader.isBusy() ? -1 : left; // it may have answered before it returned
  }

  /** Since when its call is under way, in ms of the clock; undefined while none is. */
  askedAt(): number | undefined {
    return this.reader.askedAt();
  }

  /** Cancels what is under way. */
  stop(): void {
    this.reader.stop();
    this.taker = undefined;
  }

  got(page: Hand<T>): void {
    const { taker } = this;
    if (taker) {
      this.taker = undefined;
      this.given = page;
      taker.got(page);
      return;
    }
    this.ahead.push(page);
    this.held += page.items.length;
    this.options.readAhead();
  }

  /** A page that could not be read ahead is asked for again when it is needed. */
  failed(failure: SourceFailure): void {
    const { taker } = this;
    this.failedAhead = true;
    this.taker = undefined;
    taker?.failed(failure);
  }

  private read(): void {
    const before = this.ahead.at(-1) ?? this.given;
    if (before) this.reader.read(before.next, this.options.nextSize, this);
    else this.reader.read(this.options.token, this.options.size, this);
  }

  private shift(): Hand<T> | undefined {
    const page = this.ahead.shift();
    if (page) this.held -= page.items.length;
    return page;
  }
}
