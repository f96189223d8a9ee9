import type { Observable } from 'rxjs';
import type { PageKey } from '../../contracts/pageKey.ts';
import type { PageSource } from '../../contracts/pageSource.ts';
import type { PageTokens } from './pageTokens.ts';

/** What {@link aggregatePages} merges, in which order, within which bounds. */
export interface AggregateOptions<T, Q, K extends PageKey = PageKey> {
  /** The lists to merge, each sorted by `key`. Of equal keys the earlier source goes first. */
  readonly sources: readonly PageSource<T, Q>[];
  /** Where an item stands in the order. Unique within a source if that source's list may change between pages. */
  readonly key: (item: T) => K;
  /** Orders two keys. Default: by code point and value, see `comparePageKeys`. Any fp-ts `Ord` of keys fits. */
  readonly compare?: ((a: K, b: K) => number) | undefined;
  /** Names the order. Change it whenever `key` or `compare` orders differently: older tokens are then stale. Default: ''. */
  readonly order?: string | undefined;
  /** What an inspection calls walks through it. Default: `pages`. */
  readonly name?: string | undefined;
  /** Writes and reads page tokens: `pageTokens(sealer)`. */
  readonly tokens: PageTokens;
  /** Items per page: when none is asked for (default 20), and at most (default 1 000; more is cut down to it). */
  readonly pageSize?: { readonly default?: number | undefined; readonly max?: number | undefined } | undefined;
  /** Longest wait for one answer of one source, in ms, from when it was asked. Default: 10 000. */
  readonly timeoutMs?: number | undefined;
  /**
   * What a source that fails does to the page. `fail` (default): the page errors and names the source. `omit`: the page
   * goes on without it, lists it as `unreachable`, and keeps its place in the token, so that a later page takes it in.
   */
  readonly onSourceFailure?: 'fail' | 'omit' | undefined;
  /**
   * Most pages that `pages` and `items` fetch ahead per source; `page` fetches none. It is one or two as a rule, and more
   * only for a source whose items all come next. Default: 8.
   */
  readonly prefetch?: number | undefined;
  /**
   * How a page goes on from its token. `edge` (default): the page in hand of an offset source is fetched again, to
   * prove that nothing has moved. `off`: the cached page will do, and changes between pages may go unnoticed.
   */
  readonly verify?: 'edge' | 'off' | undefined;
  /** Pages in hand that are kept for the next page: how many items in all (default 10 000, 0 keeps none), how long. */
  readonly cache?: { readonly maxItems?: number | undefined; readonly maxAgeMs?: number | undefined } | undefined;
  /** Most empty pages of a source in a row (default 100), and most items in one of its pages (default 100 000). */
  readonly limits?: { readonly emptyPages?: number | undefined; readonly pageItems?: number | undefined } | undefined;
}

/** Which list to walk. */
export interface WalkQuery<Q> {
  /** Handed to every source as it is. JSON data: a token is bound to its digest. */
  readonly query?: Q | undefined;
  /** Whom the answer is for. A token of one tenant is refused to another. Default: ''. */
  readonly tenant?: string | undefined;
  /** Items per page; 0 or absent means the default. */
  readonly pageSize?: number | undefined;
  /** Goes on after the page this token came with; absent or empty starts at the beginning. */
  readonly pageToken?: string | undefined;
  /** Cancels like unsubscribing, and errors with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** One page of the merged list. */
export interface AggregatePage<T> {
  readonly items: readonly T[];
  /** Asks for the page after this one; empty if and only if every source is exhausted. */
  readonly nextPageToken: string;
  /** The sources that gave nothing this time, or not all they have. Absent when there are none. */
  readonly unreachable?: readonly Unreachable[];
  /** What changed under the walk since the page before. Absent when nothing did. */
  readonly drift?: Drift;
}

/** A source that is missing from a page, its place kept. */
export interface Unreachable {
  readonly source: string;
  /** The stable code of the failure. */
  readonly code: string;
  readonly reason: string;
}

/** What is known of changes between two pages. */
export interface Drift {
  /** Items that were seen again and held back. */
  readonly suppressed: number;
  /** Items that came too late: they belong before what was delivered already. */
  readonly late: number;
  /** True when items may have slipped past between two pages. */
  readonly possibleGap: boolean;
  /** The sources this is about. */
  readonly sources: readonly string[];
}

/** A merged list, read in one of three ways. Nothing is fetched before somebody subscribes or pulls. */
export interface Aggregate<T, Q> {
  /** One page; errors with a page token failure, a page size error or a source failure. Leaves nothing running. */
  page(query?: WalkQuery<Q>): Observable<AggregatePage<T>>;
  /** Page after page, fetched as they are pulled; `return` or the signal cancels what is under way. */
  pages(query?: WalkQuery<Q>): AsyncIterable<AggregatePage<T>>;
  /** Item after item to the end, as fast as the subscriber takes them; any unreachable source is an error here. */
  items(query?: WalkQuery<Q>): Observable<T>;
}
