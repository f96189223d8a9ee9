import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A client of a socket. */
export interface SocketClient {
  readonly socket: WebSocket;
  readonly send: (message: unknown) => void;
  /** What came so far, and what is yet to come, one by one, as JSON; undefined at the end. */
  readonly next: () => Promise<any>;
  readonly take: (count: number) => Promise<readonly any[]>;
  /** Resolves with the code that it was closed with. */
  readonly closed: Promise<number>;
  readonly leave: () => void;
}

/** Opens a WebSocket; rejects with the status where there is none. */
export async function openSocket(url: string, headers: Readonly<Record<string, string>> = {}): Promise<SocketClient> {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers, perMessageDeflate: true });
  const came: any[] = [];
  const waiting: ((message: any) => void)[] = [];
  let isOver = false;
  socket.on('message', (data: Buffer) => {
    const message: unknown = JSON.parse(data.toString());
    const first = waiting.shift();
    if (first) first(message);
    else came.push(message);
  });
  const closed = new Promise<number>((resolve) => socket.once('close', (code) => resolve(code)));
  void closed.then(() => {
    isOver = true;
    for (const resolve of waiting.splice(0)) resolve(undefined);
  });
  const next = () =>
    came.length > 0 || isOver ? Promise.resolve(came.shift()) : new Promise<any>((resolve) => waiting.push(resolve));

  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
    socket.once('unexpected-response', (request, response) => {
      let body = '';
      response.on('data', (data) => (body += String(data)));
      response.on('end', () => {
        reject(Object.assign(new Error(`status ${response.statusCode ?? 0}`), { status: response.statusCode, body }));
        request.destroy();
      });
    });
  });
  socket.on('error', () => undefined);
  return {
    socket,
    send: (message) => socket.send(JSON.stringify(message)),
    next,
    take: async (count) => {
      const taken: unknown[] = [];
      while (taken.length < count) {
        const message: unknown = await next();
        if (message === undefined) break;
        taken.push(message);
      }
      return taken;
    },
    closed,
    leave: () => socket.terminate(),
  };
}

/** A connection that has become a WebSocket, and what the other side closes it with. */
export interface RawSocket {
  readonly socket: Socket;
  /** The code of the close frame; undefined where the connection just ends. */
  readonly closed: Promise<number | undefined>;
}

/** Opens a WebSocket by hand, for what no client would send. */
export async function rawSocket(port: number, path: string): Promise<RawSocket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  const [head] = (await once(socket, 'data')) as [Buffer];
  if (!head.toString('latin1').startsWith('HTTP/1.1 101')) throw new Error(head.toString('latin1'));
  let code: number | undefined;
  socket.on('data', (data: Buffer) => {
    if (data[0] === 0x88) code = data.readUInt16BE(2);
  });
  const closed = new Promise<number | undefined>((resolve) => socket.once('close', () => resolve(code)));
  return { socket, closed };
}

/** A frame of a client; masked with zeros, so that its bytes are what they are. */
export function frame(first: number, payload: Uint8Array, length = payload.length, mask = 0x80): Buffer {
  const size =
    length < 126
      ? Buffer.from([mask | length])
      : length < 65_536
        ? Buffer.from([mask | 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([mask | 127, 0, 0, 0, 0]), uint32(length)]);
  return Buffer.concat([Buffer.from([first]), size, Buffer.alloc(mask === 0 ? 0 : 4), payload]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
