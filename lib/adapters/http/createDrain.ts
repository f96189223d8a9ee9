import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Gets a server ready to be stopped: the answer takes no more connections, closes the idle ones, lets running requests
 * finish until the deadline, and resolves when all are closed. It knows itself which connections are idle, for Node
 * counts one that has not sent anything yet as busy.
 */
export function createDrain(server: Server): (deadlineMs: number) => Promise<void> {
  const running = new Map<Socket, Set<ServerResponse>>();
  let draining = false;

  server.on('connection', (socket: Socket) => {
    running.set(socket, new Set());
    socket.once('close', () => running.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (draining) response.shouldKeepAlive = false;
    running.get(request.socket)?.add(response);
    response.once('close', () => {
      const responses = running.get(request.socket);
      responses?.delete(response);
      // It may have told the client to keep the connection, before anybody thought of stopping.
      if (draining && responses?.size === 0) request.socket.destroySoon();
    });
  });

  return (deadlineMs) =>
    new Promise((resolve) => {
      draining = true;
      const deadline = setTimeout(() => {
        for (const socket of running.keys()) socket.destroy(); // also those that have left HTTP behind
      }, deadlineMs);
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
