import { request, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Dial } from './dial.ts';

/** One request, ready to be sent. */
export interface Exchange {
  readonly url: URL;
  /** Those of its host that were checked. */
  readonly addresses: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly ca: string | undefined;
  readonly dial: Dial;
}

/** What is kept of an answer. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
}

/** The other side does not answer as HTTP does. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code = 'protocol';
}

/** Most bytes of an answer that are read, headers included. */
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 16 * 1024;
/** 100, 102, 103: answers before the answer. */
const MAX_INFORMATION = 16;

/**
 * Posts once, over a connection of its own, and resolves when the answer has been read as far as it goes, or as far as it is
 * read. Rejects with the error of the socket, of the parser, or with ProtocolError. The connection is closed in any case.
 */
export function exchange({ url, addresses, headers, body, ca, dial }: Exchange, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const port = Number(url.port === '' ? (secure ? 443 : 80) : url.port);
    const certified = secure ? url.hostname.replace(/^\[(.*)\]$/, '$1') : undefined;
    signal.throwIfAborted();

    const socket = dial({ addresses, port, certified, ca });
    const call = request({
      createConnection: () => socket,
      method: 'POST',
      path: url.pathname + url.search,
      // Nothing of the answer is kept, so there is nothing to compress.
      headers: { ...headers, host: url.host, 'accept-encoding': 'identity', 'content-length': body.byteLength },
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
    });
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', abort);
      settle();
      call.destroy();
      socket.destroy(); // in whatever state the request is
    };
    const fail = (failure: unknown) => end(() => reject(failure));
    const abort = () => fail(signal.reason);
    let information = 0;

    signal.addEventListener('abort', abort, { once: true });
    call.on('error', (failure) => fail(withoutAnswer(failure)));
    call.on('upgrade', () => fail(new ProtocolError('it wants to speak another protocol')));
    call.on('information', () => {
      if (++information > MAX_INFORMATION) fail(new ProtocolError('no end of provisional answers'));
    });
    call.on('response', (answer) => {
      const { statusCode: status = 0, headers } = answer;
      void read(answer, socket).then(
        () => end(() => resolve({ status, retryAfter: headers['retry-after'] ?? null })),
        fail,
      );
    });
    call.end(body);
  });
}

/** The error of a parser has what it could not read with it, which nobody should log. */
function withoutAnswer(failure: Error): Error {
  const code = 'code' in failure ? String(failure.code) : '';
  return code.startsWith('HPE_') ? new ProtocolError(`not HTTP: ${code}`) : failure;
}

/** Resolves when the answer has been read, or as much of it as is read. */
function read(answer: IncomingMessage, socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    answer.on('data', () => {
      if (socket.bytesRead >= MAX_ANSWER_BYTES) resolve();
    });
    answer.on('end', resolve);
    answer.on('error', reject);
  });
}
