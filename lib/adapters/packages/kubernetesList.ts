import * as t from 'io-ts';
import { defer, EMPTY, expand, from, map, mergeMap, of, takeLast, type Observable, type ObservableInput } from 'rxjs';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { fetchJson, type JsonAnswer } from '../../boundary/fetchJson.ts';
import type { FetchOptions } from '../../boundary/fetchText.ts';
import { fromToken, type TokenAnswer } from '../../boundary/fromToken.ts';
import { readJsonToken } from '../../boundary/jsonToken.ts';
import { RefusedError } from '../../contracts/failure.ts';
import { comparePageKeys } from '../../contracts/pageKey.ts';
import { fetchWithTls, type TlsOptions } from './fetchWithTls.ts';
import { matchingPages } from './matchingPages.ts';
import type { Package, PackageSource } from './package.ts';
import { packageReader } from './packageReader.ts';
import { valueAt } from '../../boundary/valueAt.ts';

/** Which list of a Kubernetes API {@link kubernetesList} reads. */
export interface KubernetesListOptions extends Omit<FetchOptions, 'accept' | 'signal'> {
  readonly name: string;
  /** Of the API server, such as 'https://10.0.0.1:6443'. */
  readonly url: string;
  /** Of the list, such as '/apis/apps/v1/deployments' or '/api/v1/namespaces/default/pods?labelSelector=app'. */
  readonly path: string;
  /** Sent as `Authorization: Bearer`; a function is asked before each request, as such tokens are renewed. */
  readonly bearerToken?: string | (() => ObservableInput<string>) | undefined;
  /** The certificates of the cluster. Not used with `fetch`. */
  readonly tls?: TlsOptions | undefined;
  /**
   * JSON pointers or dotted paths into an object. Of `version` the first that is there. Default: the name, after its
   * namespace in a list of all of them; the label app.kubernetes.io/version, or else the resource version; the
   * annotation kubernetes.io/description. The server orders by namespace and name: another `name` must keep that order.
   */
  readonly fields?:
    | {
        readonly name?: string | undefined;
        readonly version?: readonly string[] | undefined;
        readonly description?: string | undefined;
      }
    | undefined;
}

const List = t.partial({ metadata: t.partial({ continue: t.string }), items: t.unknown }, 'List');
type Answer = JsonAnswer<t.TypeOf<typeof List>>;
/** The `continue` of the page before, and the name of its last object. */
type Position = readonly [token: string, after: string];

const GONE = 410;
/** For finding a place again: the least page size, and the most pages. */
const CATCH_UP_SIZE = 500;
const CATCH_UP_PAGES = 1_000;

/**
 * The objects of a Kubernetes list API, by `limit` and `continue`.
 *
 * When the server has forgotten a `continue` (410 Gone, some minutes after its page), the walk goes on after the last
 * object given: with the token that the server offers instead, or else by reading from the start up to that object.
 *
 * @example
 * kubernetesList({ name: 'deployments', url: 'http://127.0.0.1:8001', path: '/apis/apps/v1/deployments' });
 */
export function kubernetesList(options: KubernetesListOptions): PackageSource {
  const { name, url, path, bearerToken, tls, fields = {}, headers = {}, maxBytes, timeoutMs } = options;
  const { fetch = tls && fetchWithTls(tls) } = options;
  const { version = ['/metadata/labels/app.kubernetes.io~1version', '/metadata/resourceVersion'] } = fields;
  const { description = '/metadata/annotations/kubernetes.io~1description' } = fields;
  const base = new URL(url.replace(/\/+$/, '') + path);
  const where = base.origin + base.pathname;
  const oneNamespace = /\/namespaces\/[^/]+\/[^/]+/.test(base.pathname) || fields.name !== undefined;
  const paths = { version, description };
  const read = packageReader(name, { ...paths, name: [fields.name ?? '/metadata/name'] });
  const readQualified = packageReader(name, { ...paths, name: ['/metadata/namespace', '/metadata/name'] });

  return matchingPages(
    fromToken({
      name,
      paging: 'keyset',
      fetch: ({ pageSize, pageToken, signal }) => {
        const [token, after = ''] = pageToken ? readJsonToken(pageToken, isPosition) : [];

        return list(pageSize, token, signal).pipe(
          mergeMap((answer) => {
            if (answer.status !== GONE) return of(pageOf(answer.data, after));
            return resumed(answer, pageSize, after, signal).pipe(map(({ data }) => beyond(after, pageOf(data, after))));
          }),
        );
      },
    }),
  );

  function pageOf(data: Answer['data'], after: string): TokenAnswer<Package> {
    const items = packagesOf(data);
    const next = data.metadata?.continue ?? '';
    return { items, nextPageToken: next === '' ? '' : canonicalJson([next, items.at(-1)?.name ?? after]) };
  }

  function beyond(after: string, page: TokenAnswer<Package>): TokenAnswer<Package> {
    return { ...page, items: page.items.filter(({ name: found }) => comparePageKeys(found, after) > 0) };
  }

  /** The token has expired. The server may offer another one, for the list as it is now. */
  function resumed(gone: Answer, pageSize: number, after: string, signal: AbortSignal): Observable<Answer> {
    const offered = gone.data.metadata?.continue ?? '';
    if (offered === '') return caughtUp(pageSize, after, signal);
    return list(pageSize, offered, signal).pipe(
      mergeMap((answer) => (answer.status === GONE ? caughtUp(pageSize, after, signal) : of(answer))),
    );
  }

  /** Reads from the start, up to the first page with something after a name. */
  function caughtUp(pageSize: number, after: string, signal: AbortSignal): Observable<Answer> {
    const limit = Math.max(pageSize, CATCH_UP_SIZE);
    return list(limit, undefined, signal).pipe(
      expand(({ status, data }, i) => {
        if (status === GONE) throw new RefusedError(where, `status ${GONE}`, { status });
        if (i >= CATCH_UP_PAGES) throw new RefusedError(where, `${i} pages, and still nothing after ${after}`);
        const next = data.metadata?.continue ?? '';
        const last = packagesOf(data).at(-1);
        return next !== '' && (!last || comparePageKeys(last.name, after) <= 0) ? list(limit, next, signal) : EMPTY;
      }),
      takeLast(1),
    );
  }

  function list(limit: number, token: string | undefined, signal: AbortSignal): Observable<Answer> {
    const target = new URL(base);
    target.searchParams.set('limit', String(limit));
    if (token !== undefined) target.searchParams.set('continue', token);
    const accept = (status: number) => status === 200 || status === GONE;

    return defer(() => (typeof bearerToken === 'function' ? from(bearerToken()) : of(bearerToken))).pipe(
      mergeMap((bearer) => {
        const authorized = bearer === undefined ? headers : { ...headers, authorization: `Bearer ${bearer.trim()}` };
        return fetchJson(target, List, { headers: authorized, accept, maxBytes, timeoutMs, fetch, signal });
      }),
    );
  }

  function packagesOf({ items }: Answer['data']): readonly Package[] {
    const namespaced = valueAt('/0/metadata/namespace', items) !== undefined;
    // A Go server writes a list without items as null.
    return (namespaced && !oneNamespace ? readQualified : read)(items ?? [], { where, at: '/items' });
  }
}

function isPosition(value: unknown): value is Position {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}
