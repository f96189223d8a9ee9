import { Agent as PlainAgent, request as requestPlainly } from 'node:http';
import { Agent as SecureAgent, request as requestSecurely } from 'node:https';
import { Readable } from 'node:stream';
import type { FetchOptions } from '../../boundary/fetchText.ts';

/** How the certificate of a queue manager's REST server is checked. */
export interface ManagerTls {
  /** The certificate authorities, as PEM, instead of the well-known ones. */
  readonly ca?: string | undefined;
  /** Takes any certificate of this server, and so anybody on the way to it. Default: false. */
  readonly allowSelfSigned?: boolean | undefined;
}

/** The longest head of an answer. */
const MAX_HEADER_BYTES = 16 * 1024;

/** A `fetch` for one server: what is accepted of its certificate is accepted of no other's. */
export function managerFetch({ ca, allowSelfSigned = false }: ManagerTls): NonNullable<FetchOptions['fetch']> {
  const secureAgent = new SecureAgent({ rejectUnauthorized: !allowSelfSigned, ...(ca !== undefined && { ca }) });
  const plainAgent = new PlainAgent();

  return (url, { method = 'GET', headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const secure = url.startsWith('https:');
      const call = (secure ? requestSecurely : requestPlainly)(url, {
        method,
        headers: Object.fromEntries(new Headers(headers)),
        agent: secure ? secureAgent : plainAgent,
        maxHeaderSize: MAX_HEADER_BYTES,
        ...(signal && { signal }),
      });
      call.on('response', (answer) => {
        const { statusCode = 0, rawHeaders } = answer;
        const pairs = rawHeaders.flatMap((name, i): [string, string][] =>
          i % 2 ? [] : [[name, rawHeaders[i + 1] ?? '']],
        );
        const empty = [101, 204, 205, 304].includes(statusCode);
        if (empty) answer.resume();
        try {
          const content = empty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
          resolve(new Response(content, { status: statusCode, headers: pairs }));
        } catch (failure) {
          call.destroy();
          reject(failure); // a status that is none, a header that HTTP cannot carry
        }
      });
      call.on('error', reject);
      call.end(typeof body === 'string' ? body : undefined);
    });
}
