import {
  catchError,
  EMPTY,
  finalize,
  from,
  ignoreElements,
  map,
  merge,
  tap,
  type MonoTypeOperatorFunction,
  type Observable,
  type ObservableInput,
} from 'rxjs';
import { packageKey, type Package, type PackageSource } from '../../adapters/packages/package.ts';
import { fromSnapshot } from '../../boundary/fromSnapshot.ts';
import type { TokenSealer } from '../../contracts/tokenSealer.ts';
import type { AggregatePage, WalkQuery } from '../../core/paging/aggregate.ts';
import { aggregatePages } from '../../core/paging/aggregatePages.ts';
import { pageTokens } from '../../core/paging/pageTokens.ts';
import { refreshSources } from './refreshSources.ts';
import { replaceableSource } from './replaceableSource.ts';
import { createSourceReports, type SourceReport } from './sourceReports.ts';
import { watchedSource, type SourceQuery } from './watchedSource.ts';

/** One list of the catalogue. */
export interface CatalogueSource {
  /** What kind of list it is; shown to clients. */
  readonly type: string;
  readonly source: PackageSource;
}

/** What {@link createCatalogue} merges, and how. */
export interface CatalogueOptions {
  readonly sources: readonly CatalogueSource[];
  /** Opens the sources anew, for `refresh`. Default: they are read again as they are. */
  readonly reopen?: (() => ObservableInput<readonly CatalogueSource[]>) | undefined;
  /** Seals page tokens. */
  readonly sealer: TokenSealer;
  /** How long a page token is accepted, in ms from when it was given out. Default: that of `pageTokens`. */
  readonly ttlMs?: number | undefined;
  /** Items per page: when none is asked for (default 20), and at most (default 1 000). */
  readonly pageSize?: { readonly default?: number | undefined; readonly max?: number | undefined } | undefined;
  /** Longest wait for one answer of one source, in ms. Default: 10 000. */
  readonly timeoutMs?: number | undefined;
  /** What a source that fails does to a page: leave its items out and say so (default), or fail it. */
  readonly onSourceFailure?: 'omit' | 'fail' | undefined;
  /** Hears of a source that stopped or started to answer. */
  readonly onSourceChange?: ((report: SourceReport) => void) | undefined;
  /** Takes failures of sources that no client is told the text of. */
  readonly onForeignFailure?: ((source: string, failure: unknown) => void) | undefined;
}

/** Which packages, for whom, and from where on. */
export interface CatalogueQuery extends Omit<WalkQuery<never>, 'query'> {
  /** A part of the name or of the description, in any case. */
  readonly query?: string | undefined;
  /** Names the sources to look in. Absent or empty: all. */
  readonly sources?: readonly string[] | undefined;
}

/** What a refresh has found of one source. */
export interface RefreshReport {
  readonly source: string;
  /** How many packages it has. */
  readonly items?: number;
  /** Why it could not be read: the list it had stays. */
  readonly unreachable?: { readonly code: string; readonly reason: string };
}

/** The packages of many sources as one list. Nothing is asked before somebody subscribes or pulls. */
export interface Catalogue {
  readonly sourceNames: readonly string[];
  /** One page of packages, by name, version and source. */
  page(query?: CatalogueQuery): Observable<AggregatePage<Package>>;
  /** Page after page of packages, fetched as they are pulled. */
  pages(query?: CatalogueQuery): AsyncIterable<AggregatePage<Package>>;
  /** One page of reports on the sources, by name. Asks no source. */
  sources(query?: Omit<WalkQuery<never>, 'query'>): Observable<AggregatePage<SourceReport>>;
  /** Reads every source anew, and tells of each; the catalogue then lists what was read. */
  refresh(): Observable<RefreshReport>;
  /** Asks every source for one item, so that there is something to report. Emits nothing; never errors. */
  probe(): Observable<never>;
}

/**
 * Merges package lists into one catalogue.
 *
 * @example
 * const catalogue = createCatalogue({ sources: [{ type: 'npm', source: npmInstalled() }], sealer: ephemeralSealer() });
 * catalogue.page({ query: 'rx' }).subscribe(({ items }) => console.table(items));
 */
export function createCatalogue(options: CatalogueOptions): Catalogue {
  const { sources, sealer, ttlMs, pageSize, timeoutMs, onSourceFailure = 'omit', onSourceChange } = options;
  const { onForeignFailure = () => undefined, reopen = () => [sources] } = options;
  const named = sources.map(({ type, source }) => ({ name: source.name, type }));
  const reports = createSourceReports(named, onSourceChange);
  const tokens = pageTokens(sealer, { ttlMs });
  const watcher = { answered: reports.answered, onForeignFailure };
  const replaceable = sources.map(({ source }) => replaceableSource(source));
  const merged = () =>
    aggregatePages({
      sources: replaceable.map((source) => watchedSource(source, watcher)),
      key: packageKey,
      order: 'name, version, source',
      tokens,
      pageSize,
      timeoutMs,
      onSourceFailure,
    });
  let packages = merged();
  const reportList = aggregatePages({
    sources: [
      fromSnapshot<SourceReport>({
        name: 'sources',
        load: () => [reports.all()],
        key: ({ name }) => name,
        maxAgeMs: 0,
      }),
    ],
    key: ({ name }) => name,
    order: 'sources by name',
    tokens,
    pageSize,
  });

  function page({ query, sources: wanted, ...walk }: CatalogueQuery = {}): Observable<AggregatePage<Package>> {
    return packages.page({ ...walk, query: sourceQuery(query, wanted) }).pipe(told(reports.failed));
  }

  function reported(source: string, items: number | undefined, unreachable: unknown): RefreshReport {
    if (items !== undefined) return { source, items };
    const [failure] = sourceFailures(unreachable);
    const { code = 'source_failed', message: reason = 'it failed; the log says why' } = failure ?? {};
    reports.failed(source, code, reason);
    return { source, unreachable: { code, reason } };
  }

  return {
    sourceNames: named.map(({ name }) => name),
    page,
    pages: ({ query, sources: wanted, ...walk } = {}) => packages.pages({ ...walk, query: sourceQuery(query, wanted) }),
    sources: (walk) => reportList.page({ ...walk, query: {} }),
    refresh: () =>
      refreshSources({
        sources: replaceable,
        reopen: () => from(reopen()).pipe(map((opened) => opened.map(({ source }) => source))),
        watcher,
        tokens,
        timeoutMs,
      }).pipe(
        map(({ source, items, unreachable }) => reported(source, items, unreachable)),
        finalize(() => (packages = merged())), // without the pages of before
      ),
    probe: () =>
      merge(...named.map(({ name }) => page({ sources: [name], pageSize: 1 }).pipe(catchError(() => EMPTY)))).pipe(
        ignoreElements(),
      ),
  };
}

/** Two ways to say the same make the same query: page tokens are bound to it. */
function sourceQuery(query = '', sources: readonly string[] = []): SourceQuery {
  return {
    ...(query === '' ? {} : { query }),
    ...(sources.length === 0 ? {} : { sources: [...new Set(sources)].sort() }),
  };
}

/** Hands on every failure of a source that a page tells. */
function told<T>(
  failed: (source: string, code: string, reason: string) => void,
): MonoTypeOperatorFunction<AggregatePage<T>> {
  return tap({
    next: ({ unreachable = [] }) => {
      for (const { source, code, reason } of unreachable) failed(source, code, reason);
    },
    error: (failure: unknown) => {
      for (const { source, code, message } of sourceFailures(failure)) failed(source, code, message);
    },
  });
}

/** A page fails with the failure of its source, or with those of several together. */
function sourceFailures(failure: unknown): readonly { source: string; code: string; message: string }[] {
  if (!(failure instanceof Error)) return [];
  if (failure.cause instanceof AggregateError) return failure.cause.errors.flatMap(sourceFailures);
  if (!('source' in failure && 'code' in failure)) return [];
  return [{ source: String(failure.source), code: String(failure.code), message: failure.message }];
}
