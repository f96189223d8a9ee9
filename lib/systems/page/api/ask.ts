import { catchError, defer, Observable, switchMap, throwError } from 'rxjs';
import { fetchAsAdmin } from './fetchAsAdmin.ts';
import { toFailure } from './toFailure.ts';

/** What else a request says. */
export interface AskOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** The answer of our own server, which is checked against /openapi.json where it is built. Unsubscribing aborts; errors with an ApiFailure. */
export function ask<T>(path: string, { method = 'GET', body, headers }: AskOptions = {}): Observable<T> {
  return aborting((signal) =>
    fetchAsAdmin(path, {
      method,
      signal,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  ).pipe(
    switchMap(async (response) => (await response.json()) as T),
    catchError((failure: unknown) => throwError(() => toFailure(failure))),
  );
}

function aborting<T>(begin: (signal: AbortSignal) => Promise<T>): Observable<T> {
  return new Observable((subscriber) => {
    const abort = new AbortController();
    subscriber.add(() => abort.abort());
    subscriber.add(defer(() => begin(abort.signal)).subscribe(subscriber));
  });
}
