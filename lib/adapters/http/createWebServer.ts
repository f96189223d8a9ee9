import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { ReplaySubject } from 'rxjs';
import { holdConnection } from './connection.ts';
import { createDrain } from './createDrain.ts';
import { createLimitedServer, type ServeLimits } from './createLimitedServer.ts';
import { createUpgrades } from './createUpgrades.ts';
import { hasOneHost } from './hostNames.ts';
import { bodyTooLarge, limitBody } from './limitBody.ts';
import { answerProblem, problemOf, RequestError } from './problem.ts';
import { withSecurityHeaders } from './securityHeaders.ts';
import { TextResponse } from './textResponse.ts';
import { traced } from './tracedRequest.ts';
import { writeText } from './writeText.ts';

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

/** A request and its answer, as Node has them. */
interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** A server that answers with a web app, within limits, wherever it listens. */
export function createWebServer(app: WebApp, { hostname, guard, limits, onError }: WebServerOptions): WebServer {
  const { bodyBytes = 65_536 } = limits;
  const stopping$ = new ReplaySubject<void>(1);
  const keeping = new WeakSet<object>();
  let stopping = false;
  const server = createLimitedServer(limits);
  const upgradeOf = createUpgrades(server);
  const drain = createDrain(server);
  const respond = withSecurityHeaders<Exchange>(async (request, { incoming, outgoing }) => {
    try {
      guard(request);
      // A declared length was looked at before, and the parser reads no more than that.
      const limited = isChunked(incoming) ? limitBody(request, bodyBytes) : request;
      const upgrade = upgradeOf(incoming);
      holdConnection(limited, {
        stopping$,
        destroy: () => void outgoing.destroy(),
        address: incoming.socket.remoteAddress,
        takeOver: upgrade?.takeOver,
      });
      const response = await traced(limited, () => app.fetch(limited));
      upgrade?.answered(response);
      return response;
    } finally {
      if (hasBody(incoming)) outgoing.shouldKeepAlive = keeping.has(outgoing) && incoming.complete && !stopping;
    }
  }, onError);
  const answer = getRequestListener(
    async (request, env) => {
      const exchange = env as Exchange;
      const response = await respond(request, exchange);
      if (!(response instanceof TextResponse)) return response;
      writeText(response, exchange.outgoing);
      return RESPONSE_ALREADY_SENT;
    },
    {
      hostname,
      overrideGlobalObjects: false,
      autoCleanupIncoming: false, // a body that was not read is never read: the connection closes instead
      errorHandler: () =>
        answerProblem(new RequestError(400, 'malformed_request', 'the request target or Host header is malformed')),
    },
  );

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!hasOneHost(request)) {
      response.shouldKeepAlive = false;
      refuse(response, new RequestError(400, 'malformed_request', 'a request has one Host header'));
      return;
    }
    if (hasBody(request)) {
      if (response.shouldKeepAlive) keeping.add(response);
      response.shouldKeepAlive = false; // until the whole body is here
    }
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
      stopping = true;
      stopping$.next();
      return drain(deadlineMs);
    },
  };
}

function isChunked({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined;
}

function hasBody({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function refuse(response: ServerResponse, failure: RequestError): void {
  const body = JSON.stringify(problemOf(failure));
  response.writeHead(failure.status, { 'content-type': 'application/problem+json' }).end(body);
}
