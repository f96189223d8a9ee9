import type { Observable } from 'rxjs';
import { ask } from '../api/ask.ts';

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

/** Items per request: enough to fill a screen several times, few enough to come at once. */
const PAGE_SIZE = 200;

export function fetchItems({ query, sources }: Filter, pageToken: string): Observable<ItemPage> {
  const search = new URLSearchParams({ pageSize: String(PAGE_SIZE), query: query.trim(), pageToken });
  for (const source of sources) search.append('source', source);
  return ask<ItemPage>(`/v1/packages?${search.toString()}`);
}

export function fetchSources(): Observable<{ readonly sources: readonly Source[] }> {
  return ask('/v1/sources?pageSize=1000');
}
