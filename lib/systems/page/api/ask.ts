import { catchError, Observable, throwError } from 'rxjs';
import { fetchAsAdmin } from './fetchAsAdmin.ts';
import { toFailure } from './toFailure.ts';

/** What else a request says. */
export interface AskOptions {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE' | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/**
 * The answer of our own server, which is checked against /openapi.json where it is built. Unsubscribing aborts the request;
 * errors with an ApiFailure.
 */
export function ask<T>(path: string, { method = 'GET', body }: AskOptions = {}): Observable<T> {
  const sent =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };

  return new Observable<T>((subscriber) => {
    const abort = new AbortController();
    subscriber.add(() => abort.abort());
    fetchAsAdmin(path, { method, signal: abort.signal, ...sent })
      .then(async (response) => (await response.json()) as T)
      .then(
        (answer) => {
          subscriber.next(answer);
          subscriber.complete();
        },
        (failure: unknown) => subscriber.error(failure),
      );
  }).pipe(catchError((failure: unknown) => throwError(() => toFailure(failure))));
}
