import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { NEVER, type Observable } from 'rxjs';

/** What an answer that takes long needs to know of the connection it goes out by. */
export interface Connection {
  /** Emits once when the server is told to stop, or has been already. */
  readonly stopping$: Observable<void>;
  /** Of the other side. Absent where the host of the app does not know it. */
  readonly address?: string | undefined;
  /** Closes it at once, for a client that does not read. Absent where the host of the app offers no such thing. */
  readonly destroy?: (() => void) | undefined;
  /**
   * Leaves HTTP behind: what it gives is to be the answer, and then `how` has the connection. Only there where the client
   * asked for another protocol.
   */
  readonly takeOver?: ((how: TakeOver) => Response) | undefined;
}

/** What becomes of a connection that leaves HTTP behind. */
export type TakeOver = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

const connections = new WeakMap<Request, Connection>();

/** Notes the connection that a request came by. */
export function holdConnection(request: Request, connection: Connection): void {
  connections.set(request, connection);
}

/** The connection that a request came by. One that `serve` knows nothing of never stops. */
export function connectionOf(request: Request): Connection {
  return connections.get(request) ?? { stopping$: NEVER };
}
