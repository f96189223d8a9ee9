import { FormatError, RefusedError, UnreachableError } from '../contracts/failure.ts';
import { networkReason } from './networkReason.ts';
import { TooLargeError } from './tooLargeError.ts';

/** What was answered. */
export interface TextAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The URL without its query: what errors call it. */
  readonly where: string;
}

/** What {@link httpGet} asks for. */
export interface HttpRequest {
  readonly target: URL;
  /** The target in errors. */
  readonly where: string;
  readonly headers: Headers;
  readonly accept: (status: number) => boolean;
  readonly maxBytes: number;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 5;
/** Statuses that pass, besides 5xx: request timeout, too early, too many requests. */
const PASSING = new Set([408, 425, 429]);

/** One bounded GET; {@link fetchText} tells how it ends. */
export async function httpGet(request: HttpRequest, signal: AbortSignal): Promise<TextAnswer> {
  const { where, accept, maxBytes } = request;
  const { status, headers, body } = await follow(request, signal);

  if (!accept(status)) throw notAccepted(where, status);
  if (Number(headers.get('content-length')) > maxBytes) throw new TooLargeError(where, maxBytes);
  return { status, headers, where, text: await read(body, decoderOf(headers, where), request) };
}

/** Follows redirects by hand: whom we trust with the headers and the walk is the origin we were sent to. */
async function follow({ target, where, headers, fetch }: HttpRequest, signal: AbortSignal): Promise<Response> {
  let url = target;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(url.href, { headers, signal, redirect: 'manual' }).catch((cause: unknown) => {
      throw new UnreachableError(where, networkReason(cause), { cause });
    });
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;

    void response.body?.cancel().catch(() => undefined); // frees the connection
    if (!URL.canParse(location, url)) throw new RefusedError(where, 'it redirects to something that is not a URL');
    url = new URL(location, url);
    if (url.origin !== target.origin) throw new RefusedError(where, `it redirects to another origin, ${url.origin}`);
  }
  throw new RefusedError(where, `more than ${MAX_REDIRECTS} redirects`);
}

async function read(body: ReadableStream<Uint8Array> | null, decode: Decode, request: HttpRequest): Promise<string> {
  const { where, maxBytes } = request;
  const reader = body?.getReader();
  let bytes = 0;
  let text = '';
  for (;;) {
    const chunk = await reader?.read().catch((cause: unknown) => {
      throw new UnreachableError(where, networkReason(cause), { cause });
    });
    if (!chunk || chunk.done) return text + decode();
    bytes += chunk.value.byteLength;
    if (bytes > maxBytes) throw new TooLargeError(where, maxBytes);
    text += decode(chunk.value);
  }
}

type Decode = (chunk?: Uint8Array) => string;

/** Decodes chunk by chunk; bytes that are not text are an error, and never a question mark. */
function decoderOf(headers: Headers, where: string): Decode {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
  const attempt = <A>(step: () => A): A => {
    try {
      return step();
    } catch (cause) {
      throw new FormatError(where, 1, `not a text in ${charset}`, { cause });
    }
  };
  const decoder = attempt(() => new TextDecoder(charset, { fatal: true }));
  return (chunk) => attempt(() => decoder.decode(chunk, { stream: chunk !== undefined }));
}

function notAccepted(where: string, status: number): Error {
  const passes = status >= 500 || PASSING.has(status);
  return passes
    ? new UnreachableError(where, `status ${status}`)
    : new RefusedError(where, `status ${status}`, { status });
}
