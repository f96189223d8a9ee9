import * as t from 'io-ts';
import { EMPTY, expand, map, of, reduce, type Observable } from 'rxjs';
import { fetchJson } from '../../boundary/fetchJson.ts';
import type { FetchOptions } from '../../boundary/fetchText.ts';
import { fromSnapshot } from '../../boundary/fromSnapshot.ts';
import { matchesQuery } from './matchesQuery.ts';
import { packageKey, type PackageSource } from './package.ts';
import { toPackage } from './toPackage.ts';
import { uniquePackages } from './uniquePackages.ts';

/** Which registry {@link npmRegistry} searches, and how far. */
export interface NpmRegistryOptions extends Omit<FetchOptions, 'accept' | 'signal'> {
  readonly name: string;
  /** Default: 'https://registry.npmjs.org'. */
  readonly url?: string | undefined;
  /** What is searched for when the query is empty. Default: nothing, and nothing is listed. */
  readonly text?: string | undefined;
  /** Most results of a search that are looked at, the most relevant first. Default: 1 000. */
  readonly maxResults?: number | undefined;
  /** How long the results of a search are used, in ms. Default: 300 000. */
  readonly maxAgeMs?: number | undefined;
}

const Search = t.type(
  {
    objects: t.array(
      t.type({
        package: t.intersection([t.type({ name: t.string, version: t.string }), t.partial({ description: t.unknown })]),
      }),
    ),
    total: t.number,
  },
  'Search',
);
type Search = t.TypeOf<typeof Search>;

/** The largest page that registries give. */
const PAGE = 250;

/**
 * The packages that the search of an npm registry finds, each in its latest version.
 *
 * A registry orders by relevance, and only as far as one reads. So the first `maxResults` are read as a whole, put in
 * order, and kept for `maxAgeMs`; those that match by something else than name and description are left out.
 *
 * @example
 * npmRegistry({ name: 'registry', url: 'https://registry.npmjs.org', text: 'rxjs' });
 */
export function npmRegistry(options: NpmRegistryOptions): PackageSource {
  const {
    name,
    url = 'https://registry.npmjs.org',
    text = '',
    maxResults = 1_000,
    maxAgeMs = 300_000,
    ...limits
  } = options;
  const base = new URL(`${url.replace(/\/+$/, '')}/-/v1/search`);

  return fromSnapshot({
    name,
    key: packageKey,
    maxAgeMs,
    load: ({ query, signal }) => {
      const wanted = query.query ?? '';
      const sought = wanted === '' ? text : wanted;
      if (sought === '') return of([]);

      return results(sought, signal).pipe(
        reduce((packages, { objects }) => {
          for (const found of objects) {
            const item = toPackage(found.package.name, found.package.version, name, found.package.description);
            if (matchesQuery(item, query)) packages.add(item);
          }
          return packages;
        }, uniquePackages()),
        map(({ items }) => items),
      );
    },
  });

  function results(sought: string, signal: AbortSignal): Observable<Search> {
    let read = 0;
    return search(sought, read, signal).pipe(
      expand(({ objects, total }) => {
        read += objects.length;
        return objects.length === 0 || read >= Math.min(total, maxResults) ? EMPTY : search(sought, read, signal);
      }),
    );
  }

  function search(sought: string, from: number, signal: AbortSignal): Observable<Search> {
    const target = new URL(base);
    target.searchParams.set('text', sought);
    target.searchParams.set('size', String(Math.min(PAGE, maxResults - from)));
    target.searchParams.set('from', String(from));
    return fetchJson(target, Search, { ...limits, signal }).pipe(map(({ data }) => data));
  }
}
