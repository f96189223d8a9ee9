import { createServer, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { problemOf, RequestError } from './problem.ts';

/** What a server must not fall below or go beyond. */
export interface ServeLimits {
  /** Most open connections; one more is closed at once. Default: 1 024. */
  readonly connections?: number | undefined;
  /** Largest request body; a longer one is answered 413 and not read. Default: 64 KiB. */
  readonly bodyBytes?: number | undefined;
  /** Largest request line and headers together; more is answered 431. Default: 16 KiB. */
  readonly headerBytes?: number | undefined;
  /** Longest wait for the headers of a request, from when it could begin. Default: 10 000. */
  readonly headersMs?: number | undefined;
  /** Longest wait for a whole request, from when it could begin. Default: 30 000. */
  readonly requestMs?: number | undefined;
  /** How long a connection may stay open without a request. Default: 5 000. */
  readonly idleMs?: number | undefined;
}

/** An HTTP server that answers nothing yet, and does not wait for ever or read without end. */
export function createLimitedServer(limits: ServeLimits): Server {
  const { connections = 1_024, headerBytes = 16_384, headersMs = 10_000, requestMs = 30_000, idleMs = 5_000 } = limits;
  const server = createServer({
    maxHeaderSize: headerBytes,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: 1_000,
    requireHostHeader: false, // whoever answers looks at it, and gives a problem
  });
  server.maxConnections = connections;
  server.on('clientError', refuseMalformed);
  server.on('connect', (_: IncomingMessage, socket: Duplex) => {
    answerRaw(
      socket,
      new RequestError(405, 'method_not_allowed', 'this server is no proxy', { allow: 'GET, POST, DELETE' }),
    );
  });
  return server;
}

/** What Node's parser refuses never becomes a request; it gets the same kind of answer all the same. */
function refuseMalformed(failure: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || failure.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  answerRaw(
    socket,
    failure.code === 'HPE_HEADER_OVERFLOW'
      ? new RequestError(431, 'headers_too_large', 'the request line and headers are too large')
      : failure.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new RequestError(408, 'request_timeout', 'the request did not arrive in time')
        : new RequestError(400, 'malformed_request', 'this is not an HTTP request'),
  );
}

/** Answers where there is no request that could be answered, and closes. */
function answerRaw(socket: Duplex, failure: RequestError): void {
  const { status, headers } = failure;
  const body = JSON.stringify(problemOf(failure));
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/problem+json\r\n${lines.join('')}` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
