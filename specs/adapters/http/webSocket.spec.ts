import { connect } from 'node:net';
import { defer, EMPTY, finalize, interval, map, mergeMap, NEVER, repeat, Subject, tap, throwError } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { RequestError } from '../../../lib/adapters/http/problem.ts';
import { serve, type ServeOptions, type Serving } from '../../../lib/adapters/http/serve.ts';
import type { SocketSession } from '../../../lib/adapters/http/runSocket.ts';
import { webSocket, type WebSocketOptions } from '../../../lib/adapters/http/webSocket.ts';
import { collectGarbage } from '../../support/collectGarbage.ts';
import { raw } from '../../support/raw.ts';
import { frame, openSocket, rawSocket, type SocketClient } from './support/socket.ts';

const servings: Serving[] = [];
const clients: SocketClient[] = [];

const echo: SocketSession = (text$) => text$;

async function start(session: SocketSession = echo, options: WebSocketOptions & ServeOptions = {}): Promise<Serving> {
  const serving = await serve(
    {
      fetch: async (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === '/plain') return new Response(`${request.method} ${await request.text()}`);
        return webSocket(request, session, options);
      },
    },
    { port: 0, ...options },
  );
  servings.push(serving);
  return serving;
}

async function open({ url }: Serving, headers: Readonly<Record<string, string>> = {}): Promise<SocketClient> {
  const client = await openSocket(url, headers);
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.leave();
  await Promise.all(servings.splice(0).map((serving) => serving.stop({ deadlineMs: 0 })));
});

describe('webSocket', () => {
  it('answers what comes in with what goes out, in order', async () => {
    const client = await open(await start());

    for (let n = 0; n < 100; n++) client.send({ n });

    expect(await client.take(100)).toEqual(Array.from({ length: 100 }, (_, n) => ({ n })));
  });

  it('G4 does not compress, whatever the client offers', async () => {
    const client = await open(await start());
    expect(client.socket.extensions).toBe('');
  });

  it('closes with 1000 when the session completes, and with 1011 when it fails, which onError hears', async () => {
    const failures: unknown[] = [];
    const failure = new Error('password is tomato');
    const done = await open(await start(() => EMPTY));
    const failed = await open(
      await start(() => throwError(() => failure), { onError: (error) => failures.push(error) }),
    );
    const refused = await open(await start(() => throwError(() => new RequestError(503, 'full', 'no room'))));

    expect([await done.closed, await failed.closed, await refused.closed]).toEqual([1000, 1011, 1013]);
    expect(failures).toEqual([failure]);
  });

  it('is asked for with an upgrade, or answers 426', async () => {
    const { url } = await start();
    const response = await fetch(url);
    expect([response.status, response.headers.get('upgrade')]).toEqual([426, 'websocket']);
    expect(await response.json()).toMatchObject({ code: 'upgrade_required' });
  });

  it('G5 refuses pages of other sites with 403, and takes its own, those it is told of, and programs', async () => {
    const serving = await start(echo, { allowedOrigins: ['https://app.example'] });
    const { host } = new URL(serving.url);
    for (const origin of [
      'https://evil.example',
      `http://${host}.evil.example`,
      'null',
      'junk',
      'http://127.0.0.1:1',
    ]) {
      await expect(open(serving, { origin }), origin).rejects.toMatchObject({
        status: 403,
        body: expect.stringContaining('foreign_origin'),
      });
    }
    for (const origin of [`http://${host}`, `https://${host}`, 'https://app.example']) await open(serving, { origin });
    await open(serving);
  });

  it.each([
    ['a wrong version', 'Sec-WebSocket-Version: 7\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n', '400'],
    ['no key', 'Sec-WebSocket-Version: 13\r\n', '400'],
    ['a foreign host', 'Host: evil.example\r\n', '400'],
  ])('refuses a handshake with %s', async (_, headers, status) => {
    const { port } = await start();
    const answer = await raw(
      port,
      `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
  });

  it.each([
    ['another protocol', 'GET /plain', 'Upgrade: h2c\r\n', '', 'GET '],
    ['another protocol with a body', 'POST /plain', 'Upgrade: h2c\r\nContent-Length: 5\r\n', 'hello', 'POST hello'],
    ['a WebSocket with a body', 'POST /plain', 'Upgrade: websocket\r\nContent-Length: 5\r\n', 'hello', 'POST hello'],
    ['a WebSocket where there is none', 'GET /plain', 'Upgrade: websocket\r\n', '', 'GET '],
  ])('H1 answers in HTTP whoever asks for %s', async (_, line, headers, body, text) => {
    const { port } = await start();
    const answer = await raw(
      port,
      `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\n${headers}\r\n${body}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200/);
    expect(answer).toContain(text);
  });

  it('H4 counts sockets as connections', async () => {
    const serving = await start(echo, { limits: { connections: 2 } });
    const first = await open(serving);
    await open(serving);

    await expect(open(serving)).rejects.toThrow();
    first.leave();
    await expect.poll(async () => (await open(serving)).socket.readyState).toBe(1);
  });
});

describe('webSocket, hostile frames', () => {
  const text = 0x81;
  it.each([
    ['G3 a frame beyond the limit', [frame(text, Buffer.alloc(65_537))], 1009],
    ['G3 the head of a frame of 100 MiB', [frame(text, Buffer.alloc(0), 100 * 1024 ** 2)], 1009],
    ['G3 fragments without end', [0x01, ...Array(70).fill(0x00)].map((op) => frame(op, Buffer.alloc(1_000))), 1009],
    ['G3 a frame without a mask', [frame(text, Buffer.from('a'), 1, 0)], 1002],
    ['G3 reserved bits, as of compressed data', [frame(0xc1, Buffer.from('a'))], 1002],
    ['G3 text that is not UTF-8', [frame(text, Buffer.from([0xff, 0xfe]))], 1007],
    ['data that is not text', [frame(0x82, Buffer.from('a'))], 1003],
    ['a fragment of nothing', [frame(0x00, Buffer.from('a'))], 1002],
  ])('%s closes the socket with the code that fits', async (_, frames, code) => {
    let live = 0;
    const serving = await start((text$) => {
      live++;
      return text$.pipe(finalize(() => live--));
    });
    const { socket, closed } = await rawSocket(serving.port, '/');
    const other = await open(serving);

    for (const bytes of frames) socket.write(bytes);

    expect(await closed).toBe(code);
    await expect.poll(() => live).toBe(1);
    other.send('still here');
    expect(await other.next()).toBe('still here');
  });

  it('G3 hold little memory while they come, and none afterwards', async () => {
    const { port } = await start();
    const held = () => process.memoryUsage().arrayBuffers; // what frames are read into
    await collectGarbage();
    const atFirst = held();
    for (let i = 0; i < 20; i++) {
      const before = held();
      const { socket, closed } = await rawSocket(port, '/');
      socket.write(frame(0x81, Buffer.alloc(0), 100 * 1024 ** 2));
      socket.write(Buffer.alloc(256 * 1024));
      await closed;
      expect(held() - before).toBeLessThan(4 * 1024 ** 2);
      await collectGarbage();
    }
    expect(held() - atFirst).toBeLessThan(4 * 1024 ** 2);
  });

  it('G8 answers pings within a rate, then closes with 1008', async () => {
    const { port } = await start(echo, { maxPingsPerSecond: 20 });
    const { socket, closed } = await rawSocket(port, '/');
    let pongs = 0;
    let code = 0;
    socket.on('data', (data: Buffer) => {
      for (let i = 0; i < data.length; i += 2 + (data[i + 1] ?? 0)) {
        if (data[i] === 0x8a) pongs++;
        else if (data[i] === 0x88) code = data.readUInt16BE(i + 2);
      }
    });

    socket.write(Buffer.concat(Array.from({ length: 10_000 }, () => frame(0x89, Buffer.alloc(0)))));

    await closed;
    expect([pongs, code]).toEqual([20, 1008]);
  });
});

describe('webSocket, clients that do not read', () => {
  it('C6 G7 are closed at the cap of bytes; others have everything', async () => {
    const failures: unknown[] = [];
    const much$ = new Subject<string>();
    let live = 0;
    const session = () => defer(() => (live++, much$)).pipe(finalize(() => live--));
    const serving = await start(session, { maxQueuedBytes: 200_000, onError: (error) => failures.push(error) });
    const { socket, closed } = await rawSocket(serving.port, '/');
    socket.pause();
    const reader = await open(serving);
    let read = 0;
    let most = 0;

    for (let n = 0; n < 1_000 && failures.length === 0; n++) {
      much$.next(JSON.stringify('x'.repeat(60_000)));
      await reader.next();
      read++;
      most = Math.max(most, n);
    }

    expect(failures).toMatchObject([{ code: 'slow_client' }]);
    expect((failures[0] as { queuedBytes: number }).queuedBytes).toBeLessThan(300_000);
    expect(live).toBe(1);
    much$.next(JSON.stringify('still'));
    expect(await reader.next()).toBe('still');
    expect(read).toBe(most + 1);
    socket.resume();
    await closed;
  });

  it('C6 are waited for by a session that asks for room, so that it never gets ahead', async () => {
    let asked = 0;
    const session: SocketSession = (text$, { room$ }) =>
      text$.pipe(
        mergeMap(() =>
          room$.pipe(
            repeat(2_000),
            tap(() => asked++),
            map(() => JSON.stringify('x'.repeat(10_000))),
          ),
        ),
      );
    const client = await open(await start(session, { maxQueuedBytes: 100_000 }));
    client.send('go');
    expect(await client.take(2_000)).toHaveLength(2_000);
    expect(asked).toBe(2_000);
  });
});

describe('webSocket, the end', () => {
  it('C12 is 1001 when the server stops, which does not wait for clients that do not answer', async () => {
    const serving = await start(() => NEVER);
    const client = await open(serving);
    const { socket, closed } = await rawSocket(serving.port, '/');
    socket.pause();

    const since = performance.now();
    await serving.stop({ deadlineMs: 5_000 });

    expect(await client.closed).toBe(1001);
    expect(performance.now() - since).toBeLessThan(2_500);
    socket.resume();
    await closed;
  });

  it('C12 is there at the deadline for a request for a socket that is never answered', async () => {
    const serving = await serve({ fetch: () => new Promise<Response>(() => undefined) }, { port: 0 });
    const stuck = connect(serving.port, '127.0.0.1');
    stuck.on('error', () => undefined);
    stuck.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await expect.poll(() => stuck.bytesWritten).toBeGreaterThan(0);
    await serving.stop({ deadlineMs: 50 });
  });

  it('C7 leaves nothing behind: subscriptions, timers, sockets', async () => {
    const count = 300;
    let live = 0;
    const serving = await start(() => {
      live++;
      return interval(1_000).pipe(
        map(String),
        finalize(() => live--),
      );
    });
    const handles = () => process.getActiveResourcesInfo().filter((name) => /Timeout|TCP/.test(name)).length;
    const before = handles();

    for (let i = 0; i < count; i += 50) {
      const batch = await Promise.all(Array.from({ length: 50 }, () => openSocket(serving.url)));
      batch.forEach((client, n) => (n % 2 ? client.leave() : client.socket.close()));
      await Promise.all(batch.map(({ closed }) => closed));
    }

    await expect.poll(() => live).toBe(0);
    await expect.poll(handles).toBeLessThanOrEqual(before);
  });
});
