import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { ReplaySubject } from 'rxjs';
import { holdConnection } from './connection.ts';
import { createDrain } from './createDrain.ts';
import { createLimitedServer, type ServeLimits } from './createLimitedServer.ts';
import { createUpgrades } from './createUpgrades.ts';
import { bodyTooLarge, limitBody } from './limitBody.ts';
import { answerProblem, problemOf, RequestError } from './problem.ts';
import { withSecurityHeaders } from './securityHeaders.ts';

/** Anything that answers a web request: a Hono app, a function with a name. */
export interface WebApp {
  fetch(request: Request): Response | Promise<Response>;
}

/** How {@link createWebServer} answers. */
export interface WebServerOptions {
  /** What a request without a host is for. */
  readonly hostname: string;
  /** Throws for a request that is not answered. */
  readonly guard: (request: Request) => void;
  readonly limits: ServeLimits;
  readonly onError: (failure: unknown) => void;
}

/** A server that has yet to listen. */
export interface WebServer {
  readonly server: Server;
  /** Takes no more requests, ends event streams and sockets, and lets running requests finish until the deadline. */
  stop(options?: { readonly deadlineMs?: number | undefined }): Promise<void>;
}

/** A server that answers with a web app, within limits, wherever it listens. */
export function createWebServer(app: WebApp, { hostname, guard, limits, onError }: WebServerOptions): WebServer {
  const { bodyBytes = 65_536 } = limits;
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
      hostname,
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
  return {
    server,
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
