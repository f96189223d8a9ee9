import type { SourceFailure } from '../../contracts/sourceFailure.ts';
import type { PrefetchDepth } from './prefetchDepth.ts';
import type { Hand, SourceReader } from './sourceReader.ts';

/** Where the pages of a {@link PageQueue} come from. */
export interface PageQueueOptions<T> {
  readonly reader: SourceReader<T>;
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

/** Takes a page, or why there is none. One of the two is called, maybe at once. */
export interface PageWish<T> {
  readonly got: (page: Hand<T>) => void;
  readonly failed: (failure: SourceFailure) => void;
}

/** The pages of one source, one after the other, read ahead where that pays. */
export interface PageQueue<T> {
  /** Wishes for the page after the last one given; one wish at a time. */
  readonly next: (wish: PageWish<T>) => void;
  /** Reads a page once more. What was read ahead is forgotten. */
  readonly reread: (page: Hand<T>, wish: PageWish<T>) => void;
  /**
   * Reads a page ahead if that is due, `left` items of the last one given being still there. `leads` tells of the last
   * page held whether it is used up before any other source's page in hand.
   */
  readonly lookAhead: (left: number, leads: (last: Hand<T>) => boolean) => void;
  /** Cancels what is under way. */
  readonly stop: () => void;
}

export function createPageQueue<T>({
  reader,
  prefetch,
  readAhead,
  kept,
  ...address
}: PageQueueOptions<T>): PageQueue<T> {
  let given: Hand<T> | undefined;
  let ahead: Hand<T>[] = [];
  let wish: PageWish<T> | undefined;
  let failedAhead = false;

  const read = () => {
    const before = ahead.at(-1) ?? given;
    const [token, size] = before ? [before.next, address.nextSize] : [address.token, address.size];
    reader.read(token, size, arrived, missed);
  };

  const arrived = (page: Hand<T>) => {
    if (wish) {
      give(page, wish);
      return;
    }
    ahead.push(page);
    readAhead();
  };

  /** A page that could not be read ahead is asked for again when it is needed. */
  const missed = (failure: SourceFailure) => {
    failedAhead = true;
    const waiting = wish;
    wish = undefined;
    waiting?.failed(failure);
  };

  const give = (page: Hand<T>, { got }: PageWish<T>) => {
    wish = undefined;
    given = page;
    got(page);
  };

  return {
    next(next) {
      failedAhead = false;
      if (given) prefetch.usedUp();
      const there = given ? ahead.shift() : kept();
      if (there) {
        give(there, next);
        return;
      }
      wish = next;
      prefetch.waited();
      if (!reader.isBusy()) read();
    },

    reread(page, { got, failed }) {
      ahead = [];
      reader.stop();
      reader.read(page.token, page.size, got, failed);
    },

    lookAhead(left, leads) {
      const last = ahead.at(-1) ?? given;
      if (wish || failedAhead || reader.isBusy() || last?.next === undefined) return;
      let held = left;
      for (const { items } of ahead) held += items.length;
      if (prefetch.wants(ahead.length, held, Math.max(last.items.length, 1), () => leads(last))) read();
    },

    stop() {
      reader.stop();
      wish = undefined;
    },
  };
}
