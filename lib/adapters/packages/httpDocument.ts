import { asyncScheduler, defer, map, of, type Observable } from 'rxjs';
import { fetchText, type FetchOptions } from '../../boundary/fetchText.ts';
import { fingerprint } from '../../boundary/fingerprint.ts';
import type { TextAnswer } from '../../boundary/httpGet.ts';

/** A text behind a URL, and how to tell whether it has changed. */
export interface HttpDocument {
  /** Changes with the text. */
  version(): Observable<string>;
  text(signal: AbortSignal): Observable<string>;
}

interface Known {
  readonly version: string;
  /** The headers that make the next request conditional. */
  readonly conditions: Readonly<Record<string, string>>;
  readonly checkedAt: number;
}

/** Asks with `If-None-Match` and `If-Modified-Since`, at most once in `recheckMs`, and downloads what has changed once. */
export function httpDocument(
  url: string,
  { headers = {}, recheckMs, ...limits }: FetchOptions & { readonly recheckMs: number },
): HttpDocument {
  let known: Known | undefined;
  /** Downloaded by the check, and not read yet. */
  let fresh: string | undefined;

  function download(conditions: Readonly<Record<string, string>>, signal?: AbortSignal): Observable<TextAnswer> {
    return fetchText(url, {
      ...limits,
      headers: { ...headers, ...conditions },
      signal,
      accept: (status) => status === 200 || (status === 304 && known !== undefined),
    });
  }

  return {
    version: () =>
      defer(() => {
        const now = asyncScheduler.now();
        if (known && now - known.checkedAt < recheckMs) return of(known.version);
        return download(known?.conditions ?? {}).pipe(
          map((answer) => {
            if (known && answer.status === 304) {
              known = { ...known, checkedAt: now };
            } else {
              const version = fingerprint(answer.text);
              fresh = version === known?.version ? undefined : answer.text;
              known = { version, conditions: conditionsFrom(answer.headers), checkedAt: now };
            }
            return known.version;
          }),
        );
      }),
    text: (signal) =>
      defer(() => {
        const text = fresh;
        fresh = undefined;
        return text === undefined ? download({}, signal).pipe(map((answer) => answer.text)) : of(text);
      }),
  };
}

function conditionsFrom(headers: Headers): Readonly<Record<string, string>> {
  const etag = headers.get('etag');
  const modified = headers.get('last-modified');
  return {
    ...(etag !== null && { 'if-none-match': etag }),
    ...(modified !== null && { 'if-modified-since': modified }),
  };
}
