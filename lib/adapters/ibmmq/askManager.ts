import { catchError, map, throwError, type Observable } from 'rxjs';
import { fetchJson } from '../../boundary/fetchJson.ts';
import type { FetchOptions } from '../../boundary/fetchText.ts';
import { TooLargeError } from '../../boundary/tooLargeError.ts';
import type { Codec } from '../../contracts/codec.ts';
import { DecodeError, FormatError } from '../../contracts/failure.ts';

/** Asks for JSON, and errors as a DepthSource does: an answer that is too large, or no JSON, is one that cannot be read. */
export function askManager<A>(url: URL, codec: Codec<A>, options: FetchOptions): Observable<A> {
  const where = url.origin + url.pathname;

  return fetchJson(url, codec, options).pipe(
    map(({ data }) => data),
    catchError((failure: unknown) => {
      const unreadable = failure instanceof FormatError || failure instanceof TooLargeError;
      const fault = { at: '/', expected: codec.name, found: unreadable ? failure.message : '' };
      return throwError(() => (unreadable ? new DecodeError(where, [fault]) : failure));
    }),
  );
}
