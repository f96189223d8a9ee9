import type { ObservableInput } from 'rxjs';

/** What a source is asked for. */
export interface PageRequest<Q = unknown> {
  readonly query: Q;
  /** The `nextPageToken` of the page before; absent for the first page. */
  readonly pageToken?: string | undefined;
  /** How many items are wanted, at least 1. More or fewer may be given: both are used in full. */
  readonly pageSize: number;
  /** Aborted as soon as the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

/** One page of one source. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Asks for the page after this one; absent or empty at the end. */
  readonly nextPageToken?: string | undefined;
  /** The source saw that its list moved between the page before and this one. */
  readonly shifted?: boolean | undefined;
}

/** A list that is read page by page, each page in the order the aggregate is merged in. */
export interface PageSource<T, Q = unknown> {
  /** Names the source in tokens, errors and `unreachable`; unique among the sources of one aggregate. */
  readonly name: string;
  /**
   * What a page token of this source stands for. `keyset`: a place in the order, which inserts and deletes do not
   * move. `offset` (default): a count, or something unknown, so that a list that changes may shift under it.
   */
  readonly paging?: 'keyset' | 'offset' | undefined;
  /** Answers with one page. Called at most once at a time; the first value counts. */
  fetch(request: PageRequest<Q>): ObservableInput<Page<T>>;
}
