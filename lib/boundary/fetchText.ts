import { throwError, timeout, type Observable } from 'rxjs';
import { OptionError } from '../../operators/errors.ts';
import { UnreachableError } from '../contracts/failure.ts';
import { DeadlineError } from '../contracts/sourceFailure.ts';
import { fromAbortable } from './fromAbortable.ts';
import { httpGet, type TextAnswer } from './httpGet.ts';
import { checkedHeaders, httpUrl } from './httpTarget.ts';

/** How {@link fetchText} asks, and what it accepts. */
export interface FetchOptions {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Which statuses are an answer; others are errors. Default: 200 to 299. */
  readonly accept?: ((status: number) => boolean) | undefined;
  /** Largest body, in bytes after decompression. Default: 32 MiB. */
  readonly maxBytes?: number | undefined;
  /** Longest wait for the whole answer, in ms from the request to the last byte. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
  /** Cancels like unsubscribing, and errors with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Asks instead of the built-in `fetch`: a fake, or one that trusts a certificate authority of its own. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** The longest time that a timer can wait. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Gets a text over HTTP, within bounds of size and time.
 *
 * - **Emits** the answer, once it is there as a whole.
 * - **Holds** at most `maxBytes`.
 * - **Completes** after the answer.
 * - **Errors** with UnreachableError (no connection, cut off, deadline, status 408, 425, 429 or 5xx), with RefusedError (any
 *   other status that is not accepted, a redirect to another origin), with TooLargeError, or with FormatError (bytes that
 *   are not in the charset of the answer). None of them shows the query of the URL, which may hold secrets.
 * - **Unsubscribing** aborts the request.
 *
 * @example
 * const index$ = fetchText('https://charts.example/index.yaml', { maxBytes: 8 * 1024 ** 2, timeoutMs: 5_000 });
 */
export function fetchText(url: string | URL, options: FetchOptions = {}): Observable<TextAnswer> {
  const { headers = {}, accept = isSuccess, maxBytes = 32 * 1024 ** 2, timeoutMs = 30_000 } = options;
  const { signal, fetch = globalThis.fetch } = options;
  const target = httpUrl(url);
  const where = target.origin + target.pathname;
  if (!(timeoutMs > 0)) throw new OptionError('timeoutMs', 'more than 0 ms', timeoutMs);
  if (!(maxBytes > 0)) throw new OptionError('maxBytes', 'more than 0 bytes', maxBytes);

  const request = { target, where, headers: checkedHeaders(headers), accept, maxBytes, fetch };
  const late = () =>
    new UnreachableError(where, `no complete answer within ${timeoutMs} ms`, { cause: new DeadlineError(timeoutMs) });
  return fromAbortable((aborted) => httpGet(request, aborted), { signal }).pipe(
    timeout({ first: Math.min(timeoutMs, MAX_DELAY_MS), with: () => throwError(late) }),
  );
}

function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
