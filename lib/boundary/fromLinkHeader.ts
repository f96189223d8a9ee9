import { defer, map, type Observable, type ObservableInput } from 'rxjs';
import { OptionError } from '../../operators/errors.ts';
import { RefusedError } from '../contracts/failure.ts';
import type { Page, PageRequest, PageSource } from '../contracts/pageSource.ts';
import { InvalidPageTokenError } from '../contracts/pageTokenFailure.ts';
import { ask } from './ask.ts';
import { parseLinkHeader } from './parseLinkHeader.ts';

/** What the upstream of {@link fromLinkHeader} is asked for. */
export interface LinkRequest<Q> {
  /** Where the page is. */
  readonly url: string;
  readonly query: Q;
  /** Aborted as soon as the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

/** What it answers. */
export interface LinkAnswer<T> {
  readonly items: readonly T[];
  /** The `Link` header, as `headers.get('link')` gives it. Without a link to the next page it is the last one. */
  readonly link?: string | null | undefined;
}

/** Which list {@link fromLinkHeader} reads. */
export interface LinkHeaderOptions<T, Q> {
  /** Names the source, see {@link PageSource}. */
  readonly name: string;
  /** Where the first page is. The links of later pages must lead to the same origin. */
  readonly url: (request: { readonly query: Q; readonly pageSize: number }) => string | URL;
  /** Gives one page of the list, which is in the order of the aggregate. */
  readonly fetch: (request: LinkRequest<Q>) => ObservableInput<LinkAnswer<T>>;
  /** What the links stand for, see {@link PageSource}. Default: `offset`, for nobody knows. */
  readonly paging?: 'keyset' | 'offset' | undefined;
}

/**
 * A page source over a list whose answers carry the address of the next page in a `Link` header (RFC 8288), as those of
 * GitHub, GitLab and many others do.
 *
 * @example
 * const issues = fromLinkHeader({
 *   name: 'issues',
 *   url: ({ pageSize }) => `https://git.example/api/issues?per_page=${pageSize}`,
 *   fetch: async ({ url, signal }) => {
 *     const answer = await fetch(url, { signal });
 *     return { items: (await answer.json()) as Issue[], link: answer.headers.get('link') };
 *   },
 * });
 */
export function fromLinkHeader<T, Q = unknown>(options: LinkHeaderOptions<T, Q>): PageSource<T, Q> {
  const { name, url: firstUrl, fetch, paging = 'offset' } = options;

  function page({ query, pageToken, pageSize, signal }: PageRequest<Q>): Observable<Page<T>> {
    const first = absolute(firstUrl({ query, pageSize }));
    const url = pageToken ? resumed(pageToken, first.origin) : first;

    return ask(name, (aborted) => fetch({ url: url.href, query, signal: aborted }), { signal }).pipe(
      map(({ items, link }) => {
        const next = link ? nextUrl(link, url, name) : undefined;
        // Whoever can write the list must not choose whom we ask, nor who gets our headers.
        if (next && next.origin !== first.origin) {
          throw new RefusedError(name, `its next link leads to another origin, ${next.origin}`);
        }
        return next ? { items, nextPageToken: next.href } : { items };
      }),
    );
  }

  return { name, paging, fetch: (request) => defer(() => page(request)) };
}

function nextUrl(header: string, url: URL, name: string): URL | undefined {
  const isNext = ({ rels, anchor }: { rels: readonly string[]; anchor?: string | undefined }) =>
    rels.includes('next') && (anchor === undefined || resolve(anchor, url)?.href === url.href);
  const link = parseLinkHeader(header, name).find(isNext);
  const next = link && resolve(link.target, url);
  if (link && !next) throw new RefusedError(name, 'its next link is not a URL');
  return next;
}

function resumed(token: string, origin: string): URL {
  const url = resolve(token);
  if (url?.href !== token || url.origin !== origin) throw new InvalidPageTokenError();
  return url;
}

function absolute(given: string | URL): URL {
  const url = resolve(given);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new OptionError('url', 'an absolute http or https URL', url?.protocol ?? given);
}

function resolve(url: string | URL, base?: URL): URL | undefined {
  return URL.canParse(url, base) ? new URL(url, base) : undefined;
}
