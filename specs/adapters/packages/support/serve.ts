import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A server on the loopback address. */
export interface TestServer {
  readonly url: string;
  /** Path and query of each request so far. */
  readonly requests: readonly string[];
  /** How many requests are open. */
  readonly open: () => number;
  readonly close: () => Promise<void>;
}

/** What the server is asked: the address, and the request itself. */
export type Handler = (url: URL, response: ServerResponse, request: IncomingMessage) => void;

/** Starts a server; it is closed with the test at the latest. */
export async function serve(handle: Handler): Promise<TestServer> {
  const requests: string[] = [];
  let open = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    requests.push(url.pathname + url.search);
    open++;
    response.on('close', () => open--);
    handle(url, response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, open: () => open, close };
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
