import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What a sink got. */
export interface Received {
  readonly body: any;
  readonly headers: IncomingHttpHeaders;
}

/** The other side of an HTTP sender, on a real port. */
export interface HttpSink {
  readonly url: string;
  readonly received: readonly Received[];
  /** The bodies alone, in the order they came. */
  readonly bodies: () => readonly any[];
  /** Statuses of the answers to come; undefined leaves them without one until the next change. Default: 204. */
  answer(status: number | undefined): void;
  /** How many wait for an answer. */
  readonly open: () => number;
}

export async function httpSink(): Promise<HttpSink> {
  const received: Received[] = [];
  const waiting = new Set<ServerResponse>();
  let status: number | undefined = 204;

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ body: JSON.parse(Buffer.concat(chunks).toString()), headers: request.headers });
      if (status !== undefined) {
        response.writeHead(status).end();
        return;
      }
      waiting.add(response);
      response.on('close', () => waiting.delete(response));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    bodies: () => received.map(({ body }) => body),
    answer: (next) => {
      status = next;
      if (next !== undefined) for (const response of waiting) response.writeHead(next).end();
    },
    open: () => waiting.size,
  };
}
