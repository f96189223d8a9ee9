import { defer, EMPTY, expand, map, takeLast, type Observable } from 'rxjs';
import type { Page, PageRequest } from '../../contracts/pageSource.ts';
import { matchesQuery } from './matchesQuery.ts';
import type { Package, PackageQuery, PackageSource } from './package.ts';

/** After so many pages without a match an empty one is given, so that the walk is seen to go on. */
const MAX_PAGES = 100;
/** Few matches are found sooner in large pages. */
const MIN_PAGE_SIZE = 100;

/** Keeps what matches the query, for an upstream that cannot search; reads on while a page has no match. */
export function matchingPages(source: PackageSource): PackageSource {
  return {
    ...source,
    fetch: (request) => {
      if ((request.query.query ?? '') === '') return source.fetch(request);
      return matching(request).pipe(
        expand(({ items, nextPageToken = '' }, i) =>
          items.length > 0 || nextPageToken === '' || i + 1 >= MAX_PAGES
            ? EMPTY
            : matching({ ...request, pageToken: nextPageToken }),
        ),
        takeLast(1),
      );
    },
  };

  function matching(request: PageRequest<PackageQuery>): Observable<Page<Package>> {
    const { query, pageSize } = request;
    return defer(() => source.fetch({ ...request, pageSize: Math.max(pageSize, MIN_PAGE_SIZE) })).pipe(
      map((page) => ({ ...page, items: page.items.filter((item) => matchesQuery(item, query)) })),
    );
  }
}
