import { asyncScheduler } from 'rxjs';
import type { Page, PageSource } from '../../contracts/pageSource.ts';
import { SourceError, SourceOversizedError, type SourceFailure } from '../../contracts/sourceFailure.ts';
import { Call } from './call.ts';
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
  isBusy(): boolean;
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

  const toHand = (
    { items, nextPageToken, shifted = false }: Page<T>,
    token: string | undefined,
    size: number,
  ): Hand<T> => {
    if (!Array.isArray(items)) throw new TypeError('a page needs an array of items');
    if (items.length > maxItems) throw new SourceOversizedError(source.name, items.length, maxItems);
    const next = nextPageToken === '' ? undefined : (nextPageToken ?? undefined);
    return { token, size, items, next, shifted, readAt: asyncScheduler.now() };
  };

  return {
    isBusy: () => call !== undefined,

    read(token, size, got, failed) {
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
        current.end();
        got(hand);
      };

      const current = new Call(deadlines, fail);
      call = current;
      try {
        current.listen(source.fetch(current.request(query, token, size)), answer, fail);
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
