import * as t from 'io-ts';
import { map, type Observable } from 'rxjs';
import { fetchJson, type JsonAnswer } from '../../boundary/fetchJson.ts';
import type { FetchOptions } from '../../boundary/fetchText.ts';
import { fromLinkHeader } from '../../boundary/fromLinkHeader.ts';
import { fromToken } from '../../boundary/fromToken.ts';
import { decode } from '../../boundary/decode.ts';
import { matchingPages } from './matchingPages.ts';
import type { Package, PackageQuery, PackageSource } from './package.ts';
import { packageReader } from './packageReader.ts';
import { pointerOf, valueAt } from '../../boundary/valueAt.ts';

/** How {@link restList} asks, and where it finds things in an answer: JSON pointers or dotted paths. */
export interface RestListOptions extends Omit<FetchOptions, 'signal' | 'accept'> {
  readonly name: string;
  /** Of the first page. What it has in its query is sent with every request. */
  readonly url: string;
  /** The list in an answer. Default: '', the answer is the list. */
  readonly items?: string | undefined;
  /** The token of the next page in an answer; or `link`, when the address of the next page is in the `Link` header. */
  readonly nextPageToken: string;
  /** The query parameter that asks for a page size. Absent: the server chooses. */
  readonly pageSizeParam?: string | undefined;
  /** The query parameter that takes the token. Default: 'pageToken'; not used with `link`. */
  readonly pageTokenParam?: string | undefined;
  /** The query parameter that takes what is searched for. Absent: all pages are read, and what does not match left out. */
  readonly queryParam?: string | undefined;
  /** Most items the server gives at once. Absent: any page size is asked for. */
  readonly maxPageSize?: number | undefined;
  /** The name in an item; several are joined with `/`. The server must give its items in the order of names, by code point. */
  readonly key: string | readonly string[];
  /** Version and description in an item. Default: 'version' and 'description', if they are there. */
  readonly fields?: { readonly version?: string | undefined; readonly description?: string | undefined } | undefined;
}

const Token = t.union([t.string, t.number, t.null, t.undefined], 'a page token');

/**
 * The items of any list that a server gives page by page as JSON.
 *
 * @example
 * restList({
 *   name: 'inventory',
 *   url: 'https://inventory.example/v1/parts',
 *   items: 'parts',
 *   nextPageToken: 'nextPageToken',
 *   pageSizeParam: 'pageSize',
 *   pageTokenParam: 'pageToken',
 *   key: 'id',
 * });
 */
export function restList(options: RestListOptions): PackageSource {
  const { name, url, items = '', nextPageToken, pageSizeParam, pageTokenParam = 'pageToken', queryParam } = options;
  const { maxPageSize = Infinity, key, fields = {}, headers, maxBytes, timeoutMs, fetch } = options;
  const { version = 'version', description = 'description' } = fields;
  const { origin, pathname } = new URL(url);
  const where = origin + pathname;
  const readItems = packageReader(name, {
    name: typeof key === 'string' ? [key] : key,
    version: [version],
    description,
  });

  return matchingPages(
    nextPageToken === 'link'
      ? fromLinkHeader({
          name,
          url: ({ query, pageSize }) => pageUrl(query, pageSize),
          fetch: ({ url: target, signal }) =>
            get(target, signal).pipe(
              map((answer) => ({ items: packagesOf(answer.data), link: answer.headers.get('link') })),
            ),
        })
      : fromToken({
          name,
          fetch: ({ query, pageSize, pageToken, signal }) =>
            get(pageUrl(query, pageSize, pageToken), signal).pipe(
              map(({ data }) => ({ items: packagesOf(data), nextPageToken: tokenOf(data) })),
            ),
        }),
  );

  function get(target: string | URL, signal: AbortSignal): Observable<JsonAnswer<unknown>> {
    return fetchJson(target, t.unknown, { headers, maxBytes, timeoutMs, fetch, signal });
  }

  function pageUrl({ query = '' }: PackageQuery, pageSize: number, token?: string): URL {
    const target = new URL(url);
    if (pageSizeParam !== undefined) target.searchParams.set(pageSizeParam, String(Math.min(pageSize, maxPageSize)));
    if (queryParam !== undefined && query !== '') target.searchParams.set(queryParam, query);
    if (token) target.searchParams.set(pageTokenParam, token);
    return target;
  }

  function packagesOf(data: unknown): readonly Package[] {
    return readItems(valueAt(items, data), { where, at: pointerOf(items) });
  }

  function tokenOf(data: unknown): string {
    return String(decode(Token, valueAt(nextPageToken, data), `${where} ${pointerOf(nextPageToken)}`) ?? '');
  }
}
