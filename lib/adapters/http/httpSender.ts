import { asyncScheduler, defer, EMPTY, endWith, ignoreElements, mergeMap, throwError, timeout } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { calledOut } from '../../boundary/calledOut.ts';
import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { fromAbortable } from '../../boundary/fromAbortable.ts';
import { checkedHeaders, httpUrl } from '../../boundary/httpTarget.ts';
import { networkReason } from '../../boundary/networkReason.ts';
import type { RoutedEvent } from '../../contracts/routedEvent.ts';
import type { Sender } from '../../contracts/sender.ts';
import { SendError, type SendFailureClass } from '../../contracts/sendFailure.ts';
import { retryAfterMs } from '../../boundary/retryAfter.ts';

/** Where {@link httpSender} sends, and how long it waits. */
export interface HttpSenderOptions {
  readonly name: string;
  readonly url: string | URL;
  /** Sent along with every event: credentials, for instance. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Longest wait for the answer, in ms from the request to its status. Default: 30 000. */
  readonly timeoutMs?: number | undefined;
  /** Asks instead of the built-in `fetch`: a fake, or one that trusts a certificate authority of its own. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** Most bytes of an answer that are read, so that its connection can be used again. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Nothing of the answer is kept, so there is nothing to compress. */
const HEADERS = { 'content-type': 'application/json', 'accept-encoding': 'identity' };
/** The longest time that a timer can wait. */
const MAX_DELAY_MS = 2 ** 31 - 1;
/** Statuses that ask to come back later. */
const BUSY = new Set([408, 425, 429, 503]);

/**
 * Sends events over HTTP: POST, the payload as JSON, the id of the event as `Idempotency-Key`. A status from 200 to 299
 * is success; every other end is a SendError with its class, and with how long a Retry-After asks to wait. The status
 * decides alone: of the answer no more than 64 KiB are read, in no more than `timeoutMs`, and nothing of it is kept.
 * Redirects are not followed.
 *
 * @example
 * const sender = httpSender({ name: 'billing', url: 'https://billing.example/events', timeoutMs: 5_000 });
 */
export function httpSender(options: HttpSenderOptions): Sender {
  const { name, timeoutMs = 30_000, fetch = globalThis.fetch } = options;
  const { href, hostname } = httpUrl(options.url);
  const headers = new Headers(HEADERS);
  for (const [header, value] of checkedHeaders(options.headers ?? {})) headers.set(header, value);
  if (!(timeoutMs > 0)) throw new OptionError('timeoutMs', 'more than 0 ms', timeoutMs);

  const post = async (event: RoutedEvent, signal: AbortSignal): Promise<Response> => {
    const request = { method: 'POST', redirect: 'manual', signal, ...written(name, event, headers) } as const;
    const asked = calledOut('POST', hostname, (trace) => {
      for (const [header, value] of Object.entries(trace)) request.headers.set(header, value);
      return fetch(href, request);
    });
    return asked.catch((cause: unknown) => {
      throw new SendError(name, isMalformed(cause) ? 'malformed' : 'unreachable', networkReason(cause), { cause });
    });
  };
  const late = () => new SendError(name, 'late', `no answer within ${timeoutMs} ms`);

  return {
    name,
    send: (event, signal) =>
      defer(() => {
        let answer: Response | undefined;
        const exchange = async (aborted: AbortSignal): Promise<void> => {
          answer = await post(event, aborted);
          await readSome(answer.body);
        };
        return fromAbortable(exchange, { signal }).pipe(
          timeout({ first: Math.min(timeoutMs, MAX_DELAY_MS), with: () => (answer ? EMPTY : throwError(late)) }),
          ignoreElements(),
          endWith(undefined),
          mergeMap(() => (answer?.ok === true ? EMPTY : throwError(() => notAccepted(name, answer!)))),
        );
      }),
  };
}

interface Written {
  readonly headers: Headers;
  readonly body: string;
}

/** What goes out. Its key is that of the event, so that the other side can tell when it gets it twice. */
function written(sender: string, { id, payload }: RoutedEvent, headers: Headers): Written {
  const all = new Headers(headers);
  all.set('idempotency-key', encodeURIComponent(JSON.stringify(id).slice(1, -1)));
  try {
    return { headers: all, body: canonicalJson(payload) };
  } catch (cause) {
    throw new SendError(sender, 'unsendable', 'JSON cannot carry the event', { cause });
  }
}

/** Reads the answer as far as it goes, and lets go of a longer one. The status has decided already. */
async function readSome(body: ReadableStream<Uint8Array> | null): Promise<void> {
  const reader = body?.getReader();
  try {
    for (let bytes = 0; bytes < MAX_ANSWER_BYTES;) {
      const chunk = await reader?.read();
      if (!chunk || chunk.done) return;
      bytes += chunk.value.byteLength;
    }
    await reader?.cancel();
  } catch {
    // It broke off: nothing of it was wanted.
  }
}

function notAccepted(sender: string, { status, headers }: Response): SendError {
  const wait = retryAfterMs(headers.get('retry-after'), asyncScheduler.now());
  return new SendError(sender, classOf(status), `it answered with status ${status}`, { status, retryAfterMs: wait });
}

function classOf(status: number): SendFailureClass {
  if (status >= 300 && status < 400) return 'redirected';
  if (BUSY.has(status)) return 'busy';
  return status >= 500 ? 'failed' : 'refused';
}

/** Whether the other side answered with something that is not HTTP. */
function isMalformed(failure: unknown): boolean {
  const cause = failure instanceof Error ? failure.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return code.startsWith('HPE_') || code === 'UND_ERR_HEADERS_OVERFLOW';
}
