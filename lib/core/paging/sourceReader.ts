import { asyncScheduler } from 'rxjs';
import { carrier, runCarried, type Step } from '../../../operators/internal/carrier.ts';
import type { Page, PageSource } from '../../contracts/pageSource.ts';
import { SourceError, SourceOversizedError, type SourceFailure } from '../../contracts/sourceFailure.ts';
import { Call } from './call.ts';
import { CallRequest } from './callRequest.ts';
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

/** Takes a page, or why there is none. One of the two is called, maybe at once. */
export interface PageTaker<T> {
  got(page: Hand<T>): void;
  failed(failure: SourceFailure): void;
}

/** What a {@link SourceReader} reads, and within which bounds. */
export interface SourceReaderOptions<T, Q> {
  readonly source: PageSource<T, Q>;
  readonly query: Q;
  readonly deadlines: Deadlines;
  readonly maxItems: number;
}

/** Reads one source, one call at a time: turns calls into hands or typed failures, each call within its deadline. */
export class SourceReader<T, Q> {
  private readonly source: PageSource<T, Q>;
  private readonly query: Q;
  private readonly deadlines: Deadlines;
  private readonly maxItems: number;
  private call: Call | undefined = undefined;
  private readonly origin = carrier.current?.enter(); // each call is made for whoever asked first

  constructor({ source, query, deadlines, maxItems }: SourceReaderOptions<T, Q>) {
    this.source = source;
    this.query = query;
    this.deadlines = deadlines;
    this.maxItems = maxItems;
  }

  /** True while a call is under way. */
  isBusy(): boolean {
    return this.call !== undefined;
  }

  /** Since when a call is under way, in ms of the clock. */
  askedAt(): number | undefined {
    return this.call?.startedAt;
  }

  /** Calls `taker` once, maybe before it returns, unless it is stopped first. */
  read(token: string | undefined, size: number, taker: PageTaker<T>): void {
    const stretch = this.origin && carrier.current?.begin(this.step, this.origin);
    const tell = (say: () => void) => (stretch ? runCarried(this.origin, say) : say());
    const fail = (cause: unknown) => {
      if (this.call !== current) return;
      this.call = undefined;
      current.cancel();
      stretch?.end({ failure: cause });
      tell(() =>
        taker.failed(cause instanceof SourceOversizedError ? cause : new SourceError(this.source.name, cause)),
      );
    };
    const answer = (page: Page<T>) => {
      if (this.call !== current) return;
      let hand: Hand<T>;
      try {
        hand = this.toHand(page, token, size);
      } catch (thrown) {
        fail(thrown);
        return;
      }
      this.call = undefined;
      current.end();
      stretch?.end();
      tell(() => taker.got(hand));
    };

    const current = new Call(this.deadlines, fail);
    this.call = current;
    const ask = () =>
      current.listen(this.source.fetch(new CallRequest(current, this.query, token, size)), answer, fail);
    try {
      runCarried(stretch?.carried, ask);
    } catch (thrown) {
      fail(thrown);
    }
  }

  /** Cancels the call under way. */
  stop(): void {
    this.call?.cancel();
    this.call = undefined;
  }

  private get step(): Step {
    return { operation: 'fetch', system: 'rxfan', destination: this.source.name };
  }

  private toHand(page: Page<T>, token: string | undefined, size: number): Hand<T> {
    const { items, nextPageToken, shifted = false } = page;
    if (!Array.isArray(items)) throw new TypeError('a page needs an array of items');
    if (items.length > this.maxItems) throw new SourceOversizedError(this.source.name, items.length, this.maxItems);
    const next = nextPageToken === '' ? undefined : (nextPageToken ?? undefined);
    return { token, size, items, next, shifted, readAt: asyncScheduler.now() };
  }
}
