import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fetchText, type FetchOptions } from '../../lib/boundary/fetchText.ts';
import { TooLargeError } from '../../lib/boundary/tooLargeError.ts';
import { FormatError, RefusedError, UnreachableError } from '../../lib/contracts/failure.ts';
import { watchedSignal } from '../../lib/testing/watchedSignal.ts';
import { OptionError } from '../../operators/errors.ts';
import { closed, serve } from './support/server.ts';

const get = (url: string | URL, options?: FetchOptions) => firstValueFrom(fetchText(url, options));
const failureOf = (url: string, options?: FetchOptions) =>
  get(url, options).then(
    () => undefined,
    (error: unknown) => error,
  );

/** A server that gives this text. */
const giving = (body: string | Buffer, headers: Record<string, string> = {}, status = 200) =>
  serve((_, response) => response.writeHead(status, headers).end(body));

describe('fetchText', () => {
  it('gives status, headers and text', async () => {
    const { url, requests } = await giving('grün 😀', { link: '</2>; rel="next"' });
    const answers = await lastValueFrom(
      fetchText(`${url}/list?token=secret`, { headers: { 'X-Key': 'k' } }).pipe(toArray()),
    );

    expect(answers).toMatchObject([{ status: 200, text: 'grün 😀', where: `${url}/list` }]);
    expect(answers[0]!.headers.get('link')).toBe('</2>; rel="next"');
    expect(requests[0]).toMatchObject({ method: 'GET', url: '/list?token=secret', headers: { 'x-key': 'k' } });
  });

  it('asks nobody before somebody subscribes, and once for each who does', async () => {
    const { url, requests } = await giving('x');
    const text$ = fetchText(url);
    await firstValueFrom(text$);
    await firstValueFrom(text$);
    expect(requests).toHaveLength(2);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])('takes status %d for unreachable, worth another try', async (status) => {
    const { url } = await giving('x', {}, status);
    expect(await failureOf(url)).toBeInstanceOf(UnreachableError);
  });

  it.each([300, 304, 400, 401, 403, 404, 410, 422])('takes status %d for a refusal, and says it', async (status) => {
    const { url } = await giving('', {}, status);
    const failure = await failureOf(`${url}/x?key=secret`);
    expect(failure).toBeInstanceOf(RefusedError);
    expect(failure).toMatchObject({ status, where: `${url}/x` });
  });

  it('takes the statuses it is told to for answers', async () => {
    const { url } = await giving('gone', {}, 410);
    expect(await get(url, { accept: (status) => status === 410 })).toMatchObject({ status: 410, text: 'gone' });
  });

  it('decompresses, and counts the bytes it decompressed', async () => {
    const text = 'x'.repeat(2_000_000);
    const { url } = await giving(gzipSync(text), { 'content-encoding': 'gzip' });
    expect((await get(url)).text).toBe(text);
    expect(await failureOf(url, { maxBytes: 1_000_000 })).toBeInstanceOf(TooLargeError);
  });

  it('takes a body of exactly the largest size', async () => {
    const { url } = await giving('12345');
    expect((await get(url, { maxBytes: 5 })).text).toBe('12345');
    expect(await failureOf(url, { maxBytes: 4 })).toMatchObject({ code: 'too_large', maxBytes: 4 });
  });

  it('does not wait for a body that says it is too large', async () => {
    const { url } = await serve((_, response) =>
      response.writeHead(200, { 'content-length': '1000000000' }).flushHeaders(),
    );
    expect(await failureOf(url, { maxBytes: 1_000 })).toBeInstanceOf(TooLargeError);
  });

  it('stops an endless body and closes its connection', async () => {
    let sent = 0;
    const { url, nextRequest } = await serve((request, response) => {
      const send = () => {
        while (!request.destroyed && response.write(Buffer.alloc(16_384, 'x'))) sent++;
      };
      response.on('drain', send);
      send();
    });
    const request = nextRequest();
    expect(await failureOf(url, { maxBytes: 100_000 })).toBeInstanceOf(TooLargeError);
    await closed((await request).socket);
    expect(sent).toBeLessThan(2_000);
  });

  it('reads the charset of the answer, across chunks', async () => {
    const latin = await giving(Buffer.from('grün', 'latin1'), { 'content-type': 'text/plain; charset="ISO-8859-1"' });
    expect((await get(latin.url)).text).toBe('grün');

    const bytes = new TextEncoder().encode('😀');
    const split = new ReadableStream({
      start: (body) => {
        for (const part of [bytes.subarray(0, 2), bytes.subarray(2)]) body.enqueue(part);
        body.close();
      },
    });
    expect((await get('https://x/', { fetch: async () => new Response(split) })).text).toBe('😀');
  });

  it.each([
    ['bytes that are no text', Buffer.from([0x61, 0xff]), 'text/plain'],
    ['a text that is cut off', Buffer.from('😀').subarray(0, 3), 'text/plain'],
    ['an unknown charset', Buffer.from('x'), 'text/plain; charset=klingon'],
  ])('errors at %s', async (_, body, type) => {
    const { url } = await giving(body, { 'content-type': type });
    expect(await failureOf(url)).toBeInstanceOf(FormatError);
  });

  it('gives an empty text for an answer without a body', async () => {
    const { url } = await giving('', {}, 204);
    expect(await get(url)).toMatchObject({ status: 204, text: '' });
  });
});

describe('fetchText, redirected', () => {
  it('follows within the origin, with its headers', async () => {
    const { url, requests } = await serve((request, response) => {
      if (request.url === '/new?x=1') response.end('here');
      else response.writeHead(307, { location: '/new?x=1' }).end('elsewhere');
    });
    expect((await get(`${url}/old`, { headers: { authorization: 'k' } })).text).toBe('here');
    expect(requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/old', 'k'],
      ['/new?x=1', 'k'],
    ]);
  });

  it('does not go to another origin', async () => {
    const other = await giving('secrets');
    for (const location of [
      other.url,
      `//localhost:${new URL(other.url).port}/`,
      'https://127.0.0.1/',
      'file:///etc/passwd',
    ]) {
      const { url } = await giving('', { location }, 302);
      expect(await failureOf(url)).toBeInstanceOf(RefusedError);
    }
    expect(other.requests).toHaveLength(0);
  });

  it('gives up after five', async () => {
    const { url, requests } = await serve((_, response) => response.writeHead(301, { location: '/' }).end());
    expect(await failureOf(url)).toBeInstanceOf(RefusedError);
    expect(requests).toHaveLength(6);
  });

  it('refuses a redirect to nowhere', async () => {
    const { url } = await giving('', { location: 'http://[' }, 302);
    expect(await failureOf(url)).toBeInstanceOf(RefusedError);
  });
});

describe('fetchText, with nobody there', () => {
  it('errors with UnreachableError, and the innermost reason', async () => {
    const failure = await failureOf('http://127.0.0.1:1024/x?key=secret');
    expect(failure).toBeInstanceOf(UnreachableError);
    expect(String(failure)).toBe('UnreachableError: cannot reach http://127.0.0.1:1024/x: ECONNREFUSED');
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['before it answers', (response) => response.socket?.resetAndDestroy()],
    ['in its headers', (response) => response.socket?.end('HTTP/1.1 200 OK\r\ncontent-le')],
    [
      'in its body',
      (response) =>
        response.writeHead(200, { 'content-length': '10' }).write('12345', () => response.socket?.destroy()),
    ],
    ['with junk', (response) => response.socket?.end('junk\r\n\r\n')],
    [
      'with bad chunks',
      (response) => response.socket?.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'),
    ],
  ])('errors with UnreachableError when the other side breaks off %s', async (_, breakOff) => {
    const { url } = await serve((__, response) => breakOff(response));
    expect(await failureOf(url)).toBeInstanceOf(UnreachableError);
  });
});

describe('fetchText, in time', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());

  it.each<[string, (response: ServerResponse) => void]>([
    ['never answers', () => undefined],
    ['never ends its headers', (response) => response.socket?.write('HTTP/1.1 200 OK\r\nx-a: ')],
    ['never ends its body', (response) => response.writeHead(200).write('x')],
  ])('errors at the deadline when the other side %s, and closes the connection', async (_, answer) => {
    const { url, nextRequest } = await serve((__, response) => answer(response));
    const request = nextRequest();
    const failed = failureOf(`${url}/x?key=secret`, { timeoutMs: 5_000 });
    const { socket } = await request;
    const gone = closed(socket);

    vi.advanceTimersByTime(4_999);
    expect(await Promise.race([failed, Promise.resolve('waiting')])).toBe('waiting');
    vi.advanceTimersByTime(1);
    expect(String(await failed)).toBe(`UnreachableError: cannot reach ${url}/x: no complete answer within 5000 ms`);
    await gone;
  });

  it('has one deadline for all, and not one per byte', async () => {
    let response: ServerResponse | undefined;
    const server = await serve((_, given) => (response = given));
    const request = server.nextRequest();
    const failed = failureOf(server.url, { timeoutMs: 3_000 });
    await request;
    for (let second = 0; second < 3; second++) {
      await new Promise<void>((resolve) => response!.write('x', () => resolve()));
      vi.advanceTimersByTime(1_000);
    }
    expect(await failed).toMatchObject({ name: 'UnreachableError', cause: { code: 'deadline', afterMs: 3_000 } });
  });

  it('closes the connection when the subscriber leaves', async () => {
    const { url, nextRequest } = await serve(() => undefined);
    const request = nextRequest();
    const subscription = fetchText(url).subscribe();
    const gone = closed((await request).socket);
    subscription.unsubscribe();
    await gone;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('errors with the reason of an aborted signal, and listens to it no longer', async () => {
    const { url, nextRequest } = await serve(() => undefined);
    const { signal, abort, listeners } = watchedSignal();
    const request = nextRequest();
    const failed = failureOf(url, { signal });
    const gone = closed((await request).socket);
    abort('enough');
    expect(await failed).toBe('enough');
    await gone;
    expect(listeners()).toBe(0);
  });

  it('X5 asks nobody under a signal that is aborted already', async () => {
    const { url, requests } = await giving('x');
    expect(await failureOf(url, { signal: AbortSignal.abort('before') })).toBe('before');
    expect(requests).toHaveLength(0);
  });

  it('waits for longer than a timer can, if told so', async () => {
    const { url, nextRequest } = await serve((_, response) => setImmediate(() => response.end('x')));
    const request = nextRequest();
    const text = get(url, { timeoutMs: 2 ** 40 });
    await request;
    vi.advanceTimersByTime(10 ** 9);
    expect((await text).text).toBe('x');
  });
});

describe('what fetchText is given', () => {
  it.each<[string | URL, FetchOptions?]>([
    ['/relative'],
    ['not a url'],
    ['ftp://127.0.0.1/'],
    ['file:///etc/passwd'],
    ['http://user@127.0.0.1/'],
    ['http://user:hidden@127.0.0.1/?hidden'],
    [new URL('data:,hidden')],
    ['http://127.0.0.1/', { timeoutMs: 0 }],
    ['http://127.0.0.1/', { timeoutMs: NaN }],
    ['http://127.0.0.1/', { maxBytes: -1 }],
    ['http://127.0.0.1/', { headers: { authorization: 'hidden\r\nx: y' } }],
  ])('is refused at the call, without its secrets: %s %j', (url, options) => {
    expect(() => fetchText(url, options)).toThrow(OptionError);
    expect(() => fetchText(url, options)).not.toThrow(/hidden/);
  });

  it('may be another fetch', async () => {
    const asked: string[] = [];
    const fake = (url: string) => {
      asked.push(url);
      return Promise.resolve(new Response('fake'));
    };
    expect((await get('https://list.example/a?b=1', { fetch: fake })).text).toBe('fake');
    expect(asked).toEqual(['https://list.example/a?b=1']);
  });
});
