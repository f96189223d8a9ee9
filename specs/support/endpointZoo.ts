import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { gzipSync } from 'node:zlib';

/** Endpoints of every kind, on this machine, gone when the test ends. */
export interface EndpointZoo {
  /** `http://127.0.0.1:port`, without a path. */
  readonly url: string;
  readonly port: number;
  /** Closes each connection as it comes. */
  readonly hangUpUrl: string;
  /** Nobody should ever come here: redirects and the like lead to it. */
  readonly canary: { readonly url: string; readonly port: number; readonly hits: () => number };
  /** The requests so far, as they came, head and body. */
  readonly requests: readonly string[];
  /** How many connections are open. */
  readonly open: () => number;
  /** How many bytes each connection has been sent, in the order they came. */
  readonly sent: () => readonly number[];
}

type Animal = (socket: Socket, argument: string) => void;

const TICK_MS = 20;
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Says a text, one character per tick, and never comes to its end. */
const slowly = (socket: Socket, text: string) => {
  let position = 0;
  const ticking = setInterval(() => socket.write(text[position++ % text.length]!), TICK_MS);
  socket.on('close', () => clearInterval(ticking));
};

/** Writes for as long as somebody reads. */
const endlessly = (socket: Socket, chunk: Buffer) => {
  const write = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', write);
  write();
};

/** A path each, after the rows E1 to E9; what follows the name of one is its argument. */
const animals = (canaryUrl: string): Readonly<Record<string, Animal>> => ({
  ok: (socket) => socket.end(OK),
  status: (socket, status) => {
    const body = ['204', '304'].includes(status) ? '' : 'why';
    socket.end(`HTTP/1.1 ${status} Why\r\n${body && 'Content-Length: 3\r\n'}\r\n${body}`);
  },
  'retry-after': (socket, value) =>
    socket.end(`HTTP/1.1 503 Busy\r\nRetry-After: ${decodeURIComponent(value)}\r\nContent-Length: 0\r\n\r\n`),
  // E1
  silent: () => {},
  // E2
  'slow-head': (socket) => slowly(socket, 'HTTP/1.1 200 OK\r\nX-More: ' + 'x'.repeat(4_000)),
  'slow-body': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    slowly(socket, 'x');
  },
  // E3
  endless: (socket, status) => {
    socket.write(`HTTP/1.1 ${status} Endless\r\n\r\n`);
    endlessly(socket, Buffer.alloc(16_384, 120));
  },
  gigabyte: (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${1024 ** 3}\r\n\r\n`);
    endlessly(socket, Buffer.alloc(16_384, 120));
  },
  bomb: (socket) => {
    const bomb = gzipSync(Buffer.alloc(32 * 1024 ** 2));
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.byteLength}\r\n\r\n`);
    socket.end(bomb);
  },
  // E4
  'big-head': (socket) => socket.end(`HTTP/1.1 200 OK\r\nX-Big: ${'x'.repeat(100_000)}\r\n\r\n`),
  'many-headers': (socket) => {
    const headers = Array.from({ length: 10_000 }, (_, n) => `x${n}: ${n}\r\n`).join('');
    socket.end(`HTTP/1.1 200 OK\r\n${headers}\r\n`);
  },
  'bad-chunks': (socket) => socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nok\r\n0\r\n\r\n'),
  'endless-chunk-size': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;');
    endlessly(socket, Buffer.alloc(1_024, 120));
  },
  'two-lengths': (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'),
  'http-0.9': (socket) => socket.end('hello\r\n'),
  nothing: (socket) => socket.end(),
  // E5
  'continue-stall': (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'),
  upgrade: (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
  hints: (socket, count) => socket.end('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'.repeat(Number(count)) + OK),
  // E7
  reset: (socket) => socket.resetAndDestroy(),
  'reset-in-body': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', () => socket.resetAndDestroy());
  },
  'cut-off': (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
  // E8
  cookies: (socket) => {
    const headers = ['Set-Cookie: a=b', 'Strict-Transport-Security: max-age=9', `Alt-Svc: h2="${canaryUrl.slice(7)}"`];
    socket.end(`HTTP/1.1 200 OK\r\n${headers.join('\r\n')}\r\nContent-Length: 0\r\n\r\n`);
  },
  // E9
  rude: (socket) =>
    socket.end('HTTP/1.1 400 hunter2\r\nContent-Length: 23\r\nX-Secret: hunter2\r\n\r\nhunter2\u001b[2J\nlevel=error'),
  // S11
  redirect: (socket, status) =>
    socket.end(`HTTP/1.1 ${status} Away\r\nLocation: ${canaryUrl}/\r\nContent-Length: 0\r\n\r\n`),
  refresh: (socket) => socket.end(`HTTP/1.1 200 OK\r\nRefresh: 0; url=${canaryUrl}/\r\nContent-Length: 0\r\n\r\n`),
});

/** Opens one for a test. */
export async function endpointZoo(): Promise<EndpointZoo> {
  const sockets = new Set<Socket>();
  const all: Socket[] = [];
  const requests: string[] = [];
  let hits = 0;

  const canary = await listening(
    createServer((socket) => {
      hits++;
      socket.destroy();
    }),
  );
  const hangUp = await listening(createServer((socket) => socket.destroy()));
  const known = animals(canary.url);
  const zoo = await listening(
    createServer((socket) => {
      sockets.add(socket);
      all.push(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => {});
      readRequest(socket, (request) => {
        requests.push(request);
        const [, name = '', argument = ''] = /^\S+ \/([^/? ]*)\/?(\S*) /.exec(request) ?? [];
        (known[name] ?? known['status'])!(socket, known[name] ? argument : '404');
      });
    }),
  );
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });

  return {
    ...zoo,
    hangUpUrl: hangUp.url,
    canary: { ...canary, hits: () => hits },
    requests,
    open: () => sockets.size,
    sent: () => all.map(({ bytesWritten }) => bytesWritten),
  };
}

async function listening(server: Server): Promise<{ readonly url: string; readonly port: number }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port };
}

/** Reads one request, its body by its Content-Length. */
function readRequest(socket: Socket, take: (request: string) => void): void {
  let text = '';
  const read = (chunk: Buffer) => {
    text += chunk.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0);
    if (end < 0 || text.length < end + 4 + length) return;
    socket.off('data', read);
    socket.resume();
    take(text);
  };
  socket.on('data', read);
}
