import type { Observable } from 'rxjs';
import { fromAbortable } from '../../boundary/fromAbortable.ts';
import type { PageKey } from '../../contracts/pageKey.ts';
import type { Aggregate, AggregateOptions } from './aggregate.ts';
import { createPageCache } from './pageCache.ts';
import { readItems } from './readItems.ts';
import { readPage } from './readPage.ts';
import { readPages } from './readPages.ts';
import { settingsOf } from './settings.ts';

/**
 * Merges the pages of many sources into the pages of one list: one order, one token for all of them.
 *
 * Sources start together; each has at most one call under way, and is asked for its next page when the one in hand is
 * used up. Nothing is delivered before every source has shown its first item, failed, or ended. What can go wrong is
 * typed: `SourceFailure`, `PageTokenFailure`, `PageSizeError`, `ComparatorError`.
 *
 * @example
 * const packages = aggregatePages({ sources: [npm, debian], key: (item: Package) => item.name, tokens: pageTokens(sealer) });
 *
 * packages.page({ query, pageToken, pageSize: 50 }).subscribe(({ items, nextPageToken }) => answer(items, nextPageToken));
 * for await (const { items } of packages.pages({ query })) list.push(...items);
 */
export function aggregatePages<T, Q = unknown, K extends PageKey = PageKey>(
  options: AggregateOptions<T, Q, K>,
): Aggregate<T, Q> {
  const settings = settingsOf(options);
  const cache = createPageCache<T>(settings.cache.maxItems, settings.cache.maxAgeMs);

  return {
    page: (query = {}) => abortable(readPage(settings, cache, query), query.signal),
    pages: (query = {}) => ({ [Symbol.asyncIterator]: () => readPages(settings, query) }),
    items: (query = {}) => abortable(readItems(settings, query), query.signal),
  };
}

function abortable<R>(result$: Observable<R>, signal: AbortSignal | undefined): Observable<R> {
  return signal ? fromAbortable(() => result$, { signal }) : result$;
}
