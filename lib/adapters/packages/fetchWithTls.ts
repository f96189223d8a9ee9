import { request, type RequestOptions } from 'node:https';
import { Readable } from 'node:stream';
import type { FetchOptions } from '../../boundary/fetchText.ts';

/** Whom to trust, and who we are: PEM texts. */
export interface TlsOptions {
  /** The certificate authorities, instead of the well-known ones. */
  readonly ca?: string | undefined;
  /** A certificate to present, with its key. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** A `fetch` that can only GET, for certificates of one's own: the built-in one takes none. */
export function fetchWithTls({ ca, cert, key }: TlsOptions): NonNullable<FetchOptions['fetch']> {
  const tls: RequestOptions = { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert, key }) };

  return (url, { headers, signal }) =>
    new Promise((resolve, reject) => {
      const options = { ...tls, headers: Object.fromEntries(new Headers(headers)), ...(signal && { signal }) };
      request(url, options, (answer) => {
        const { statusCode = 0, rawHeaders } = answer;
        const pairs = rawHeaders.flatMap((name, i): [string, string][] =>
          i % 2 ? [] : [[name, rawHeaders[i + 1] ?? '']],
        );
        const empty = [204, 205, 304].includes(statusCode);
        if (empty) answer.resume();
        const body = empty ? null : (Readable.toWeb(answer) as ReadableStream<Uint8Array>);
        resolve(new Response(body, { status: statusCode, headers: pairs }));
      })
        .on('error', reject)
        .end();
    });
}
