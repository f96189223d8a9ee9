import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ReplaySubject } from 'rxjs';
import { holdConnection } from './connection.ts';
import { createDrain } from './createDrain.ts';
import { createLimitedServer, type ServeLimits } from './createLimitedServer.ts';
import { createUpgrades } from './createUpgrades.ts';
import { hostGuard, inUrl } from './hostNames.ts';
import { bodyTooLarge, limitBody } from './limitBody.ts';
import { ListenError, PortInUseError } from './listenFailure.ts';
import { answerProblem, problemOf, RequestError } from './problem.ts';
import { withSecurityHeaders } from './securityHeaders.ts';

/** Anything that answers a web request: a Hono app, a function with a name. */
export interface WebApp {
  fetch(request: Request): Response | Promise<Response>;
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
  /** Takes no more requests, ends event streams, lets running requests finish until the deadline, and frees the port. */
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
  const stopping$ = new ReplaySubject<void>(1);
  const server = createLimitedServer(limits);
  const upgradeOf = createUpgrades(server);
  const drain = createDrain(server);
  const answer = getRequestListener(
    withSecurityHeaders<HttpBindings | Http2Bindings>(async (request, { incoming, outgoing }) => {
      guard(request);
      const limited = limitBody(request, bodyBytes);
      const upgrade = upgradeOf(incoming);
      holdConnection(limited, {
        stopping$,
        destroy: () => void outgoing.destroy(),
        address: incoming.socket.remoteAddress,
        takeOver: upgrade?.takeOver,
      });
      const response = await app.fetch(limited);
      upgrade?.answered(response);
      return response;
    }, onError),
    {
      hostname: inUrl(host),
      overrideGlobalObjects: false,
      autoCleanupIncoming: false, // a body that was not read is never read: the connection closes instead
      errorHandler: () =>
        answerProblem(new RequestError(400, 'malformed_request', 'the request target or Host header is malformed')),
    },
  );

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
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
  server.on('error', onError); // such as a connection that could not be accepted

  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${inUrl(host)}:${bound}/`,
    port: bound,
    stop: ({ deadlineMs = 10_000 } = {}) => {
      stopping$.next();
      return drain(deadlineMs);
    },
  };
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
    const failed = (cause: NodeJS.ErrnoException) => {
      const inUse = cause.code === 'EADDRINUSE';
      reject(inUse ? new PortInUseError(host, port, { cause }) : new ListenError(host, port, cause.message, { cause }));
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}
