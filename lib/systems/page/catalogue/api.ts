import { catchError, switchMap, throwError, type Observable } from 'rxjs';
import { fromFetch } from 'rxjs/fetch';

/** What the page asks the API for, and gets: see /openapi.json. */
export interface Filter {
  readonly query: string;
  readonly sources: readonly string[];
}

export interface Item {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly description?: string;
}

export interface Unreachable {
  readonly source: string;
  readonly reason: string;
}

export interface Drift {
  readonly suppressed: number;
  readonly late: number;
  readonly possibleGap: boolean;
}

export interface ItemPage {
  readonly items: readonly Item[];
  readonly nextPageToken: string;
  readonly unreachable?: readonly Unreachable[];
  readonly drift?: Drift;
}

export interface Source {
  readonly name: string;
  readonly type: string;
  readonly state: 'unknown' | 'reachable' | 'unreachable';
  readonly lastError?: { readonly reason: string };
}

/** Why an answer did not come: the `code` of the problem, or `offline` when there was no answer at all. */
export interface ApiFailure {
  readonly code: string;
  readonly detail: string;
}

/** Items per request: enough to fill a screen several times, few enough to come at once. */
const PAGE_SIZE = 200;

export function fetchItems({ query, sources }: Filter, pageToken: string): Observable<ItemPage> {
  const search = new URLSearchParams({ pageSize: String(PAGE_SIZE), query: query.trim(), pageToken });
  for (const source of sources) search.append('source', source);
  return getJson<ItemPage>(`/v1/packages?${search.toString()}`);
}

export function fetchSources(): Observable<{ readonly sources: readonly Source[] }> {
  return getJson('/v1/sources?pageSize=1000');
}

/** Unsubscribing aborts the request. Errors with an {@link ApiFailure}. */
function getJson<T>(path: string): Observable<T> {
  return fromFetch(path).pipe(
    switchMap(async (response) => {
      const body: unknown = await response.json();
      if (!response.ok) throw toFailure(body);
      return body as T; // our own server: its answers are checked against /openapi.json where it is built
    }),
    catchError((failure: unknown) => throwError(() => toFailure(failure))),
  );
}

function toFailure(failure: unknown): ApiFailure {
  const { code, detail } = (failure ?? {}) as { code?: unknown; detail?: unknown };
  if (typeof code === 'string' && typeof detail === 'string') return { code, detail };
  return { code: 'offline', detail: 'The catalogue does not answer.' };
}
