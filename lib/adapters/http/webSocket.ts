import { WebSocketServer } from 'ws';
import { OptionError } from '../../../operators/errors.ts';
import { connectionOf } from './connection.ts';
import { RequestError } from './problem.ts';
import { runSocket, type SocketLimits, type SocketSession } from './runSocket.ts';

/** How {@link webSocket} treats its client. */
export interface WebSocketOptions extends SocketLimits {
  /** Longest message that is taken, in bytes; a longer one closes the socket with 1009. Default: 64 KiB. */
  readonly maxMessageBytes?: number | undefined;
  /** Sites whose pages may open a socket, `https://app.example` for instance, besides those of the host itself. */
  readonly allowedOrigins?: readonly string[] | undefined;
}

/** How long the client may take to answer that the socket is closed. */
const CLOSE_MS = 1_000;

/**
 * Answers a request with a WebSocket on which `session` talks, until it completes or fails, the client leaves, or the
 * server stops. Who asks is known from the request, as with any other answer.
 *
 * Throws RequestError: 426 where the client did not ask for a WebSocket, 403 where a page of another site did. Messages
 * are text; nothing is compressed.
 *
 * @example
 * app.get('/v1/echo', ({ req }) => webSocket(req.raw, (text$) => text$));
 */
export function webSocket(request: Request, session: SocketSession, options: WebSocketOptions = {}): Response {
  const { maxMessageBytes = 65_536, allowedOrigins = [], ...limits } = options;
  if (!(maxMessageBytes >= 1)) throw new OptionError('maxMessageBytes', '1 byte or more', maxMessageBytes);
  const { takeOver, stopping$ } = connectionOf(request);
  if (!takeOver) {
    throw new RequestError(426, 'upgrade_required', 'this path speaks WebSocket: ask for an upgrade', {
      upgrade: 'websocket',
      connection: 'upgrade',
    });
  }
  checkOrigin(request, allowedOrigins);

  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxMessageBytes,
    autoPong: false,
    closeTimeout: CLOSE_MS,
  } as ConstructorParameters<typeof WebSocketServer>[0]); // closeTimeout is newer than its types
  return takeOver((incoming, connection, head) => {
    server.handleUpgrade(incoming, connection, head, (socket) => runSocket(socket, session, { ...limits, stopping$ }));
  });
}

/** A browser sends the credentials it has to whoever asks for them, and says for which site it does. */
function checkOrigin({ headers, url }: Request, allowed: readonly string[]): void {
  const origin = headers.get('origin');
  if (origin === null || allowed.includes(origin)) return;
  if (URL.canParse(origin) && new URL(origin).host === new URL(url).host) return;
  throw new RequestError(403, 'foreign_origin', 'pages of other sites may not open this socket');
}
