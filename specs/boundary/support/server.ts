import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A real server on a free port of this machine, closed when the test ends. */
export interface TestServer {
  readonly url: string;
  /** Requests that have come in so far. */
  readonly requests: readonly IncomingMessage[];
  /** Resolves with the next request. */
  readonly nextRequest: () => Promise<IncomingMessage>;
}

/** Starts a server for one test. */
export async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<TestServer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
    server.emit('answered', request);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    nextRequest: async () => ((await once(server, 'answered')) as [IncomingMessage])[0],
  };
}

/** Resolves once a connection is closed, in whatever way. */
export function closed(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => (socket.destroyed ? resolve(socket) : socket.once('close', resolve)));
}
