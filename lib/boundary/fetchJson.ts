import { map, type Observable } from 'rxjs';
import type { Codec } from '../contracts/codec.ts';
import { FormatError } from '../contracts/failure.ts';
import { decode } from './decode.ts';
import { fetchText, type FetchOptions } from './fetchText.ts';

/** What was answered. */
export interface JsonAnswer<A> {
  readonly status: number;
  readonly headers: Headers;
  readonly data: A;
}

/**
 * Gets JSON over HTTP and reads it with a codec: as {@link fetchText}, whose bounds and errors it has, and besides
 * FormatError for a text that is not JSON and DecodeError for data that does not fit.
 *
 * @example
 * const page$ = fetchJson('https://registry.example/-/v1/search?text=rxjs', SearchPage).pipe(map(({ data }) => data));
 */
export function fetchJson<A>(
  url: string | URL,
  codec: Codec<A>,
  options: FetchOptions = {},
): Observable<JsonAnswer<A>> {
  const headers = { accept: 'application/json', ...options.headers };

  return fetchText(url, { ...options, headers }).pipe(
    map(({ status, headers, text, where }) => ({ status, headers, data: decode(codec, parsed(text, where), where) })),
  );
}

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const position = /position (\d+)/.exec(String(cause))?.[1];
    const line = text.slice(0, Number(position ?? 0)).split('\n').length;
    throw new FormatError(where, line, text === '' ? 'an empty answer, not JSON' : 'not JSON', { cause });
  }
}
