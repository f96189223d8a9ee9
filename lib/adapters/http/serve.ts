import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServeLimits } from './createLimitedServer.ts';
import { createWebServer, type WebApp } from './createWebServer.ts';
import { hostGuard, inUrl } from './hostNames.ts';
import { ListenError, PortInUseError } from './listenFailure.ts';

export type { WebApp } from './createWebServer.ts';

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
  const guard = hostGuard(host, allowedHosts);
  const web = createWebServer(app, { hostname: inUrl(host), guard, limits, onError });
  const { server } = web;
  await listening(server, host, port);
  server.on('error', onError); // such as a connection that could not be accepted

  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${inUrl(host)}:${bound}/`,
    port: bound,
    stop: (how) => web.stop(how),
  };
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
