import { catchError, count, defer, from, map, mergeMap, of, tap, type Observable, type ObservableInput } from 'rxjs';
import { packageKey, type PackageSource } from '../../adapters/packages/package.ts';
import { UnreachableError } from '../../contracts/failure.ts';
import { SourceError } from '../../contracts/sourceFailure.ts';
import { aggregatePages } from '../../core/paging/aggregatePages.ts';
import type { PageTokens } from '../../core/paging/pageTokens.ts';
import type { ReplaceableSource } from './replaceableSource.ts';
import { watchedSource, type SourceWatcher } from './watchedSource.ts';

/** What became of one source. */
export interface SourceRefresh {
  readonly source: string;
  /** How many items it has. */
  readonly items?: number;
  /** Why it could not be read to its end: the catalogue keeps the list it had. */
  readonly unreachable?: unknown;
}

/** What {@link refreshSources} reads, and with what. */
export interface RefreshOptions {
  readonly sources: readonly ReplaceableSource[];
  /** Opens all of them anew, without anything that was read before. */
  readonly reopen: () => ObservableInput<readonly PackageSource[]>;
  readonly watcher: SourceWatcher;
  readonly tokens: PageTokens;
  readonly timeoutMs: number | undefined;
}

/** How many sources are read at the same time. */
const CONCURRENCY = 4;

/** Opens every source anew, reads it to its end, and puts it in place of the old one; where that fails the old one stays. */
export function refreshSources(options: RefreshOptions): Observable<SourceRefresh> {
  const { sources, reopen, watcher, tokens, timeoutMs } = options;

  return defer(reopen).pipe(
    mergeMap((opened) => from(sources).pipe(mergeMap((source) => refresh(source, opened), CONCURRENCY))),
  );

  function refresh(source: ReplaceableSource, opened: readonly PackageSource[]): Observable<SourceRefresh> {
    const { name } = source;
    const fresh = opened.find((candidate) => candidate.name === name);
    if (!fresh) {
      const gone = new SourceError(name, new UnreachableError(name, 'it is not there any more'));
      return of({ source: name, unreachable: gone });
    }
    const watched = watchedSource(fresh, watcher);
    return aggregatePages({ sources: [watched], key: packageKey, tokens, timeoutMs })
      .items({ query: {} })
      .pipe(
        count(),
        tap(() => source.replaceWith(fresh)),
        map((items) => ({ source: name, items })),
        catchError((unreachable: unknown) => of({ source: name, unreachable })),
      );
  }
}
