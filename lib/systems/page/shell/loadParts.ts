import { catchError, map, of, retry, switchMap, throwError, timer, type Observable } from 'rxjs';
import { accessToken$ } from '../api/accessToken.ts';
import type { ApiFailure } from '../api/apiFailure.ts';
import { ask } from '../api/ask.ts';

/** What this server has of the console, or why it does not say. */
export type Parts =
  | { readonly kind: 'loading' }
  | { readonly kind: 'known'; readonly parts: readonly string[] }
  | { readonly kind: 'closed'; readonly failure: ApiFailure };

const PATH = '/v1/console/parts';
const RETRY_MS = 3_000;

/** Asks what there is, and again with each token. The description is asked first: a server without a console has no such path. */
export function loadParts(): Observable<Parts> {
  return accessToken$.pipe(
    switchMap(() =>
      ask<{ readonly paths: object }>('/openapi.json').pipe(
        switchMap(({ paths }) => (Object.hasOwn(paths, PATH) ? consoleParts() : of(NONE))),
        catchError((thrown: unknown) => {
          const failure = thrown as ApiFailure; // of ask()
          return failure.status === 0 ? throwError(() => failure) : of<Parts>({ kind: 'closed', failure });
        }),
        retry({ delay: () => timer(RETRY_MS) }),
      ),
    ),
  );
}

const NONE: Parts = { kind: 'known', parts: ['catalogue'] };

function consoleParts(): Observable<Parts> {
  return ask<{ readonly parts: readonly string[]; readonly demo: boolean }>(PATH).pipe(
    map(({ parts, demo }): Parts => ({ kind: 'known', parts: demo ? [...parts, 'demo'] : parts })),
  );
}
