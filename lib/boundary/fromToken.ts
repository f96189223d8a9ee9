import { map, type ObservableInput } from 'rxjs';
import type { PageRequest, PageSource } from '../contracts/pageSource.ts';
import { ask } from './ask.ts';

/** What the upstream of {@link fromToken} answers. */
export interface TokenAnswer<T> {
  readonly items: readonly T[];
  /** Asks for the page after this one; absent, null or empty at the end. */
  readonly nextPageToken?: string | null | undefined;
}

/** Which list {@link fromToken} reads. */
export interface TokenOptions<T, Q> {
  /** Names the source, see {@link PageSource}. */
  readonly name: string;
  /** Gives one page of the list, which is in the order of the aggregate. */
  readonly fetch: (request: PageRequest<Q>) => ObservableInput<TokenAnswer<T>>;
  /** What the tokens stand for, see {@link PageSource}. Default: `offset`, for nobody knows. */
  readonly paging?: 'keyset' | 'offset' | undefined;
}

/**
 * A page source over a list whose pages name the next one by a token that only the upstream understands.
 *
 * @example
 * const pods = fromToken({
 *   name: 'pods',
 *   fetch: async ({ pageToken, pageSize, signal }) => {
 *     const { items, metadata } = await listPods({ limit: pageSize, continue: pageToken, signal });
 *     return { items, nextPageToken: metadata.continue };
 *   },
 * });
 */
export function fromToken<T, Q = unknown>(options: TokenOptions<T, Q>): PageSource<T, Q> {
  const { name, fetch, paging = 'offset' } = options;

  return {
    name,
    paging,
    fetch: (request) =>
      ask(name, (signal) => fetch({ ...request, signal }), { signal: request.signal }).pipe(
        map(({ items, nextPageToken }) => ({ items, nextPageToken: nextPageToken ?? undefined })),
      ),
  };
}
