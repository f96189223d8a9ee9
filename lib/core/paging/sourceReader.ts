import { asyncScheduler, from, Subscription } from 'rxjs';
import type { Page, PageRequest, PageSource } from '../../contracts/pageSource.ts';
import { DeadlineError, SourceError, SourceOversizedError, type SourceFailure } from '../../contracts/sourceFailure.ts';
import type { Deadlines } from './deadlines.ts';

/** One page of a source, with the address it was read from. */
export interface Hand<T> {
  readonly token: string | undefined;
  readonly size: number;
  readonly items: readonly T[];
  /** Undefined at the end of the source. */
  readonly next: string | undefined;
  readonly shifted: boolean;
  readonly readAt: number;
}

/** Reads one source, one call at a time. */
export interface SourceReader<T> {
  /** Calls back once, maybe before it returns, unless it is stopped first. */
  read(
    token: string | undefined,
    size: number,
    got: (hand: Hand<T>) => void,
    failed: (why: SourceFailure) => void,
  ): void;
  /** True while a call is under way. */
  readonly busy: boolean;
  /** Cancels the call under way. */
  stop(): void;
}

/** What a {@link SourceReader} reads, and within which bounds. */
export interface SourceReaderOptions<T, Q> {
  readonly source: PageSource<T, Q>;
  readonly query: Q;
  readonly deadlines: Deadlines;
  readonly maxItems: number;
}

/** Turns the calls of a {@link PageSource} into hands or typed failures, each call within its deadline. */
export function createSourceReader<T, Q>(options: SourceReaderOptions<T, Q>): SourceReader<T> {
  const { source, query, deadlines, maxItems } = options;
  let call: Call | undefined;

  const toHand = (page: Page<T>, token: string | undefined, size: number): Hand<T> => {
    const { items, nextPageToken, shifted = false } = page;
    if (!Array.isArray(items)) throw new TypeError('a page needs an array of items');
    if (items.length > maxItems) throw new SourceOversizedError(source.name, items.length, maxItems);
    return {
      token,
      size,
      items,
      next: nextPageToken === '' ? undefined : (nextPageToken ?? undefined),
      shifted,
      readAt: asyncScheduler.now(),
    };
  };

  return {
    get busy() {
      return call !== undefined;
    },

    read(token, size, got, failed) {
      const current = new Call();
      call = current;

      const fail = (cause: unknown) => {
        if (call !== current) return;
        call = undefined;
        current.cancel();
        failed(cause instanceof SourceOversizedError ? cause : new SourceError(source.name, cause));
      };
      const answer = (page: Page<T>) => {
        if (call !== current) return;
        let hand: Hand<T>;
        try {
          hand = toHand(page, token, size);
        } catch (thrown) {
          fail(thrown);
          return;
        }
        call = undefined;
        current.unsubscribe();
        got(hand);
      };

      current.add(deadlines.start(() => fail(new DeadlineError(deadlines.afterMs))));
      try {
        const answer$ = from(source.fetch(current.request(query, token, size)));
        const complete = () => fail(new Error('it completed without a page'));
        current.add(answer$.subscribe({ next: answer, error: fail, complete }));
      } catch (thrown) {
        fail(thrown);
      }
    },

    stop() {
      call?.cancel();
      call = undefined;
    },
  };
}

/** One call under way: ended by its answer, or cancelled. */
class Call extends Subscription {
  private controller: AbortController | undefined;

  /** The signal is made when the source asks for it: most calls of a fast source never do. */
  request<Q>(query: Q, pageToken: string | undefined, pageSize: number): PageRequest<Q> {
    const signalOf = () => {
      this.controller ??= new AbortController();
      if (this.closed) this.controller.abort();
      return this.controller.signal;
    };
    return {
      query,
      pageToken,
      pageSize,
      get signal() {
        return signalOf();
      },
    };
  }

  cancel(): void {
    this.unsubscribe();
    this.controller?.abort();
  }
}
