import { request } from 'node:http';
import { Readable } from 'node:stream';

/** Asks as `fetch` does, over a socket of the file system: of a URL only path and query count. */
export function socketFetch(socketPath: string): (url: string, init: RequestInit) => Promise<Response> {
  return (url, { method = 'GET', headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const { pathname, search } = new URL(url);
      const sent = request(
        {
          socketPath,
          path: pathname + search,
          method,
          headers: Object.fromEntries(new Headers(headers)),
          ...(signal && { signal }),
        },
        (answer) => {
          const text = Readable.toWeb(answer) as ReadableStream<Uint8Array>;
          const { 'content-type': type = '', 'retry-after': retryAfter } = answer.headers;
          const told = { 'content-type': type, ...(retryAfter !== undefined && { 'retry-after': retryAfter }) };
          resolve(new Response(text, { status: answer.statusCode ?? 500, headers: told }));
        },
      );
      sent.once('error', reject);
      sent.end(typeof body === 'string' ? body : undefined);
    });
}
