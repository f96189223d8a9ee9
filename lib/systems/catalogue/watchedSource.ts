import { catchError, defer, from, of, tap, throwError } from 'rxjs';
import { isTellable } from '../../adapters/http/problem.ts';
import type { PackageQuery, PackageSource, Package } from '../../adapters/packages/package.ts';
import { UnreachableError } from '../../contracts/failure.ts';
import type { PageSource } from '../../contracts/pageSource.ts';

/** What the catalogue asks its sources for. */
export interface SourceQuery extends PackageQuery {
  /** Names the sources that are wanted, in order, each once. Absent: all. */
  readonly sources?: readonly string[] | undefined;
}

/** What {@link watchedSource} tells. */
export interface SourceWatcher {
  readonly answered: (source: string) => void;
  /** Takes failures whose text is not fit for readers outside. */
  readonly onForeignFailure: (source: string, failure: unknown) => void;
}

/**
 * A source of the catalogue: gives nothing, unasked, when it is not among the wanted ones, so that the set of sources and
 * with it the page tokens stay the same under every filter; and fails with reasons that may be shown.
 */
export function watchedSource(source: PackageSource, watcher: SourceWatcher): PageSource<Package, SourceQuery> {
  const { name, paging } = source;

  return {
    name,
    paging,
    fetch(request) {
      const { query, sources } = request.query;
      if (sources !== undefined && !sources.includes(name)) return of({ items: [] });

      const { pageToken, pageSize } = request;
      const wanted = query === undefined ? {} : { query };
      return defer(() =>
        from(
          source.fetch({
            query: wanted,
            pageToken,
            pageSize,
            get signal() {
              return request.signal; // made when it is asked for
            },
          }),
        ),
      ).pipe(
        tap(() => watcher.answered(name)),
        catchError((failure: unknown) => {
          if (isTellable(failure)) return throwError(() => failure);
          watcher.onForeignFailure(name, failure);
          return throwError(() => new UnreachableError(name, 'it failed; the log says why', { cause: failure }));
        }),
      );
    },
  };
}
