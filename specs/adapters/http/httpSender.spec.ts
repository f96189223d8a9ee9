import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { firstValueFrom, NEVER } from 'rxjs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { httpSender, type HttpSenderOptions } from '../../../lib/adapters/http/httpSender.ts';
import { watchedSignal } from '../../../lib/testing/watchedSignal.ts';
import { OptionError } from '../../../operators/errors.ts';
import { record } from '../../support/record.ts';
import { closed, serve } from '../../boundary/support/server.ts';

/** How many chunks an endless answer has sent. */
let sent = 0;

const event = { id: 'e1', payload: { n: 1, text: 'grün' }, tenant: 't', receivedAt: 5 };

/** How sending ends: 'sent', or the error. */
function send(
  url: string,
  options: Partial<HttpSenderOptions> = {},
  given = event,
  signal?: AbortSignal,
): Promise<unknown> {
  const sent$ = httpSender({ name: 'sink', url, ...options }).send(given, signal);
  return firstValueFrom(sent$, { defaultValue: 'sent' }).catch((failure: unknown) => failure);
}

const answering = (answer: (response: ServerResponse, request: IncomingMessage) => unknown) =>
  serve((request, response) => void answer(response, request));

/** A server that does with a connection what no HTTP server would. */
async function rawServer(
  talk: (socket: Socket) => void,
): Promise<{ readonly url: string; readonly sockets: readonly Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => talk(socket));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, sockets };
}

describe('httpSender', () => {
  it('posts the payload as JSON, with the headers it was given and the id of the event', async () => {
    const seen: unknown[] = [];
    const server = await serve((request, response) => {
      void text(request).then((body) => {
        seen.push({ method: request.method, url: request.url, headers: request.headers, body });
        response.writeHead(204).end();
      });
    });

    expect(await send(`${server.url}/in?x=1`, { headers: { authorization: 'Bearer b' } })).toBe('sent');

    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/in?x=1',
        headers: {
          'content-type': 'application/json',
          'accept-encoding': 'identity',
          authorization: 'Bearer b',
          'idempotency-key': 'e1',
        },
        body: '{"n":1,"text":"grün"}',
      },
    ]);
  });

  it('sends nothing before it is subscribed to, and again for each who does', async () => {
    const { url, requests } = await answering((response) => response.end());
    const sent$ = httpSender({ name: 'sink', url }).send(event);
    expect(requests).toHaveLength(0);
    await firstValueFrom(sent$, { defaultValue: undefined });
    await firstValueFrom(sent$, { defaultValue: undefined });
    expect(requests).toHaveLength(2);
  });

  it('tells ids apart whatever is in them', async () => {
    const { url, requests } = await answering((response) => response.end());
    for (const id of ['ü\n', '\ud800', '\udc00', '%']) await send(url, {}, { ...event, id });
    const keys = requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(['%C3%BC%5Cn', '%5Cud800', '%5Cudc00', '%25']);
  });

  it.each([200, 201, 202, 204, 299])('N4 takes status %d for success', async (status) => {
    const { url } = await answering((response) => response.writeHead(status).end());
    expect(await send(url)).toBe('sent');
  });

  it.each([
    [301, 'redirected', false],
    [304, 'redirected', false],
    [308, 'redirected', false],
    [400, 'refused', false],
    [401, 'refused', false],
    [404, 'refused', false],
    [410, 'refused', false],
    [408, 'busy', true],
    [425, 'busy', true],
    [429, 'busy', true],
    [503, 'busy', true],
    [500, 'failed', true],
    [502, 'failed', true],
    [599, 'failed', true],
  ])('N4 takes status %d for a failure: %s', async (status, failure, retryable) => {
    const { url } = await answering((response) => response.writeHead(status).end('why'));
    expect(await send(url)).toMatchObject({
      name: 'SendError',
      code: 'send_failed',
      sender: 'sink',
      failure,
      status,
      retryable,
    });
  });

  it('N14 S11 does not follow a redirect', async () => {
    const { url, requests } = await answering((response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect(await send(url)).toMatchObject({ failure: 'redirected', status: 307 });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['3', 3_000],
    ['-1', 0],
    ['1e99', 86_400_000],
    ['junk', undefined],
  ])('N11 says how long a Retry-After of %j asks to wait', async (header, ms) => {
    const { url } = await answering((response) => response.writeHead(429, { 'retry-after': header }).end());
    expect(await send(url)).toMatchObject({ failure: 'busy', retryAfterMs: ms });
  });

  it('E1 fails at the deadline when there is no answer, and lets the connection go', async () => {
    const { url, nextRequest } = await answering(() => undefined);
    const request = nextRequest();
    expect(await send(url, { timeoutMs: 50 })).toMatchObject({
      failure: 'late',
      retryable: true,
      status: undefined,
      message: 'sink: no answer within 50 ms',
    });
    await closed((await request).socket);
  });

  it('E2 holds its deadline against headers that trickle in', async () => {
    const { url, sockets } = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const trickle = setInterval(() => socket.write('x-a: b\r\n'), 5);
      socket.on('close', () => clearInterval(trickle));
    });
    expect(await send(url, { timeoutMs: 100 })).toMatchObject({ failure: 'late' });
    await closed(sockets[0]!);
  });

  it.each([
    [200, 'sent'],
    [500, { failure: 'failed', status: 500 }],
  ])(
    'E2 goes by status %d when the body trickles in, and does not wait for it longer than its deadline',
    async (status, end) => {
      const { url, nextRequest } = await answering((response) => {
        response.writeHead(status).flushHeaders();
        const trickle = setInterval(() => response.write('x'), 5);
        response.on('close', () => clearInterval(trickle));
      });
      const request = nextRequest();
      const ended = await send(url, { timeoutMs: 100 });
      if (end === 'sent') expect(ended).toBe('sent');
      else expect(ended).toMatchObject(end as object);
      await closed((await request).socket);
    },
  );

  it.each([
    [
      'endless',
      (response: ServerResponse) => {
        const fill = () => {
          while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent++;
        };
        response.on('drain', fill);
        response.writeHead(200);
        fill();
      },
    ],
    [
      'of 1 GiB',
      (response: ServerResponse) =>
        response.writeHead(200, { 'content-length': 1024 ** 3 }).write(Buffer.alloc(100_000)),
    ],
  ])('E3 N15 goes by the status, and reads little of a body %s', async (_, answer) => {
    sent = 0;
    const { url, nextRequest } = await answering(answer);
    const request = nextRequest();
    expect(await send(url, { timeoutMs: 5_000 })).toBe('sent');
    await closed((await request).socket);
    expect(sent).toBeLessThan(2_000);
  });

  it('E3 N15 does not expand a body that is a bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(200_000_000));
    const { url } = await answering((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    const before = process.memoryUsage().rss;
    expect(await send(url, { timeoutMs: 5_000 })).toBe('sent');
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
  });

  it('sends the headers it is given in place of its own', async () => {
    const { url, requests } = await answering((response) => response.end());
    await send(url, { headers: { 'Content-Type': 'application/cloudevents+json' } });
    expect(requests[0]!.headers['content-type']).toBe('application/cloudevents+json');
  });

  it.each([
    [
      '100 kB of headers',
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`),
      'malformed',
    ],
    [
      '10 000 headers',
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(10_000)}\r\n`),
      'malformed',
    ],
    ['HTTP/0.9', (socket: Socket) => socket.end('hello\n'), 'malformed'],
    ['nothing', (socket: Socket) => socket.end(), 'unreachable'],
    ['a reset', (socket: Socket) => socket.resetAndDestroy(), 'unreachable'],
    ['half an answer', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nx-'), 'unreachable'],
    [
      'an upgrade nobody asked for',
      (socket: Socket) => socket.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      'unreachable',
    ],
  ] as const)('E4 E5 E7 fails at %s, with its class', async (_, talk, failure) => {
    const { url } = await rawServer(talk);
    expect(await send(url, { timeoutMs: 5_000 })).toMatchObject({ name: 'SendError', failure, retryable: true });
  });

  it('E4 goes by the status when the chunks of the body are broken', async () => {
    const { url } = await rawServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
    );
    expect(await send(url)).toBe('sent');
  });

  it('E5 passes over early hints', async () => {
    const { url } = await rawServer((socket) =>
      socket.end(`${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100)}HTTP/1.1 204 No Content\r\n\r\n`),
    );
    expect(await send(url)).toBe('sent');
  });

  it('fails where nobody listens', async () => {
    const taken = await serve(() => undefined);
    const port = Number(new URL(taken.url).port);
    expect(await send(`http://127.0.0.2:${port}/`)).toMatchObject({
      failure: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('fails an event for good that JSON cannot carry, and sends nothing', async () => {
    const { url, requests } = await answering((response) => response.end());
    for (const payload of [undefined, 1n, { a: NaN }]) {
      expect(await send(url, {}, { ...event, payload: payload as never })).toMatchObject({
        failure: 'unsendable',
        retryable: false,
      });
    }
    expect(requests).toHaveLength(0);
  });

  it('X3 X5 gives up when it is unsubscribed or aborted, and leaves nothing', async () => {
    const { url, nextRequest } = await answering(() => undefined);
    const first = nextRequest();
    const sending = httpSender({ name: 'sink', url })
      .send(event)
      .subscribe({ error: () => {} });
    const { socket } = await first;
    sending.unsubscribe();
    await closed(socket);

    const { signal, listeners, abort } = watchedSignal();
    const second = nextRequest();
    const ended = send(url, {}, event, signal);
    const request = await second;
    abort('enough');
    expect(await ended).toBe('enough');
    await closed(request.socket);
    expect(listeners()).toBe(0);
    expect(await send(url, {}, event, AbortSignal.abort('before'))).toBe('before');
  });

  it('X3 leaves no timer, in whatever way it ends', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const answers = [
      () => Promise.resolve(new Response('')),
      () => Promise.reject(new TypeError('x')),
      () => Promise.resolve(new Response('', { status: 500 })),
    ];
    for (const fetch of answers) await send('https://x/', { fetch });
    const hung = httpSender({ name: 's', url: 'https://x/', fetch: () => firstValueFrom(NEVER) }).send(event);
    hung.subscribe().unsubscribe();
    expect(vi.getTimerCount()).toBe(0);
    const late = record(hung);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(late).toMatchObject([{ failure: 'late' }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    { url: 'ftp://x/' },
    { url: '/relative' },
    { url: 'http://user:secret@x/' },
    { timeoutMs: 0 },
    { timeoutMs: NaN },
    { headers: { 'x y': '1' } },
    { headers: { x: 'a\nsecret' } },
  ])('Q20 refuses %j at the call, without showing secrets', (options) => {
    const create = () => httpSender({ name: 'sink', url: 'http://x/', ...options });
    expect(create).toThrow(OptionError);
    expect(create).not.toThrow(/secret/);
  });
});
