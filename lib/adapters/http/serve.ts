import { getRequestListener } from '@hono/node-server';
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { hostGuard, inUrl } from './hostNames.ts';
import { bodyTooLarge, limitBody } from './limitBody.ts';
import { ListenError, PortInUseError } from './listenFailure.ts';
import { answerProblem, problemOf, RequestError } from './problem.ts';
import { withSecurityHeaders } from './securityHeaders.ts';

/** Anything that answers a web request: a Hono app, a function with a name. */
export interface WebApp {
  fetch(request: Request): Response | Promise<Response>;
}

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

/** Where and how {@link serve} listens. */
export interface ServeOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string | undefined;
  /** 0 takes any free port. Default: 8080. */
  readonly port?: number | undefined;
  /** Names a request may be made for, besides the loopback ones. */
  readonly allowedHosts?: readonly string[] | undefined;
  readonly limits?: ServeLimits | undefined;
  /** Takes what went wrong inside, which no client is told. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

/** A server that answers. */
export interface Serving {
  readonly url: string;
  readonly port: number;
  /** Takes no more requests, lets the running ones finish until the deadline, and frees the port. */
  stop(options?: { readonly deadlineMs?: number | undefined }): Promise<void>;
}

/**
 * Serves a web app over HTTP within limits. Rejects with PortInUseError or ListenError when it cannot listen.
 *
 * @example
 * const serving = await serve(app, { port: 8080 });
 * process.once('SIGTERM', () => void serving.stop({ deadlineMs: 10_000 }));
 */
export async function serve(app: WebApp, options: ServeOptions = {}): Promise<Serving> {
  const { host = '127.0.0.1', port = 8_080, allowedHosts = [], limits = {}, onError = () => undefined } = options;
  const { bodyBytes = 65_536 } = limits;
  const guard = hostGuard(host, allowedHosts);
  const answer = getRequestListener(
    withSecurityHeaders(async (request) => {
      guard(request);
      return app.fetch(limitBody(request, bodyBytes));
    }, onError),
    {
      hostname: inUrl(host),
      overrideGlobalObjects: false,
      autoCleanupIncoming: false, // a body that was not read is never read: the connection closes instead
      errorHandler: () =>
        answerProblem(new RequestError(400, 'malformed_request', 'the request target or Host header is malformed')),
    },
  );

  const server = createLimitedServer(limits);
  const drain = trackRequests(server);
  server.on('request', (request, response) => {
    if (hasBody(request)) response.shouldKeepAlive = false;
    if (Number(request.headers['content-length'] ?? 0) > bodyBytes) {
      refuse(response, bodyTooLarge(bodyBytes));
      return;
    }
    void answer(request, response);
  });
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (Number(request.headers['content-length'] ?? 0) <= bodyBytes) response.writeContinue();
    server.emit('request', request, response);
  });
  await listening(server, host, port);

  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${inUrl(host)}:${bound}/`,
    port: bound,
    stop: ({ deadlineMs = 10_000 } = {}) => drain(deadlineMs),
  };
}

function createLimitedServer(limits: ServeLimits): Server {
  const { connections = 1_024, headerBytes = 16_384, headersMs = 10_000, requestMs = 30_000, idleMs = 5_000 } = limits;
  const server = createServer({
    maxHeaderSize: headerBytes,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: 1_000,
  });
  server.maxConnections = connections;
  server.on('clientError', refuseMalformed);
  return server;
}

/** What Node's parser refuses never becomes a request; it gets the same kind of answer all the same. */
function refuseMalformed(failure: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || failure.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const { status, code, detail } =
    failure.code === 'HPE_HEADER_OVERFLOW'
      ? { status: 431, code: 'headers_too_large', detail: 'the request line and headers are too large' }
      : failure.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? { status: 408, code: 'request_timeout', detail: 'the request did not arrive in time' }
        : { status: 400, code: 'malformed_request', detail: 'this is not an HTTP request' };
  const body = JSON.stringify(problemOf(new RequestError(status, code, detail)));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function refuse(response: ServerResponse, failure: RequestError): void {
  const body = JSON.stringify(problemOf(failure));
  response.writeHead(failure.status, { 'content-type': 'application/problem+json' }).end(body);
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const inUse = cause.code === 'EADDRINUSE';
      reject(inUse ? new PortInUseError(host, port, { cause }) : new ListenError(host, port, cause.message, { cause }));
    });
    server.listen(port, host, resolve);
  });
}

/** Knows which connections are idle: Node counts one that has not sent anything yet as busy. */
function trackRequests(server: Server): (deadlineMs: number) => Promise<void> {
  const running = new Map<Socket, Set<ServerResponse>>();
  let draining = false;

  server.on('connection', (socket: Socket) => {
    running.set(socket, new Set());
    socket.once('close', () => running.delete(socket));
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    if (draining) response.shouldKeepAlive = false;
    running.get(request.socket)?.add(response);
    response.once('close', () => running.get(request.socket)?.delete(response));
  });

  return (deadlineMs) =>
    new Promise((resolve) => {
      draining = true;
      const deadline = setTimeout(() => server.closeAllConnections(), deadlineMs);
      server.close(() => {
        clearTimeout(deadline);
        resolve();
      });
      for (const [socket, responses] of running) {
        if (responses.size === 0) socket.destroy();
        for (const response of responses) response.shouldKeepAlive = false;
      }
    });
}
