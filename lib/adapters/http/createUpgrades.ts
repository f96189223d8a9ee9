import { ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Connection, TakeOver } from './connection.ts';

/** A request whose client wants to go on with WebSocket. */
export interface Upgrade {
  /** See {@link Connection}. */
  readonly takeOver: NonNullable<Connection['takeOver']>;
  /** Gives the connection away, where this is the answer that `takeOver` gave. */
  readonly answered: (response: Response) => void;
}

/** Tells the listener of Hono that there is nothing to answer. */
const ALREADY_SENT = 'x-hono-already-sent';

/**
 * Has a server take requests for WebSocket like any other: they come as `request`, and are answered or handed over. Asked
 * for another protocol (curl and Java ask for h2c, also with a body), the server stays with HTTP, as it may.
 */
export function createUpgrades(server: Server): (request: object) => Upgrade | undefined {
  const upgrades = new WeakMap<object, Upgrade>();

  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    socket.on('error', () => socket.destroy()); // the server listens to it no more
    if (!wantsWebSocket(request)) {
      replay(server, request, socket, head);
      return;
    }
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => socket.destroySoon());
    let taker: TakeOver | undefined;
    upgrades.set(request, {
      takeOver: (how) => {
        taker = how;
        return new Response(null, { headers: { [ALREADY_SENT]: 'true' } });
      },
      answered: ({ headers }) => {
        if (!taker || !headers.has(ALREADY_SENT)) return;
        response.detachSocket(socket);
        taker(request, socket, head);
      },
    });
    server.emit('request', request, response);
  });

  return (request) => upgrades.get(request);
}

function wantsWebSocket({ method, headers }: IncomingMessage): boolean {
  const isBare = headers['content-length'] === undefined && headers['transfer-encoding'] === undefined;
  return method === 'GET' && isBare && headers.upgrade?.toLowerCase() === 'websocket';
}

/** Puts a request back without its wish, for the server to read it again as if it came now. */
function replay(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { method = 'GET', url = '/', httpVersion, rawHeaders } = request;
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]!.toLowerCase() !== 'upgrade') lines.push(`${rawHeaders[i]!}: ${rawHeaders[i + 1]!}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
