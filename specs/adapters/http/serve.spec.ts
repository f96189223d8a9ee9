import { connect } from 'node:net';
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, type ServeOptions, type Serving, type WebApp } from '../../../lib/adapters/http/serve.ts';
import { RequestError } from '../../../lib/adapters/http/problem.ts';
import { raw } from '../../support/raw.ts';

const servings: Serving[] = [];

const hello: WebApp = { fetch: () => new Response('hello') };

async function start(app: WebApp = hello, options: ServeOptions = {}): Promise<Serving> {
  const serving = await serve(app, { port: 0, ...options });
  servings.push(serving);
  return serving;
}

afterEach(async () => {
  await Promise.all(servings.splice(0).map((serving) => serving.stop({ deadlineMs: 0 })));
});

describe('serve', () => {
  it('answers with what the app answers, at the address it tells', async () => {
    const { url, port } = await start();

    expect(url).toBe(`http://127.0.0.1:${port}/`);
    expect(await (await fetch(url)).text()).toBe('hello');
  });

  it('gives every answer headers that keep it from other sites, and leaves those of the app', async () => {
    const { url } = await start({ fetch: () => new Response('', { headers: { 'referrer-policy': 'origin' } }) });

    const { headers } = await fetch(url);

    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('referrer-policy')).toBe('origin');
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('tells nothing of what an app throws, except to onError', async () => {
    const failures: unknown[] = [];
    const failure = new Error('password is tomato');
    const { url } = await start({ fetch: () => Promise.reject(failure) }, { onError: (error) => failures.push(error) });

    const response = await fetch(url);
    const body = await response.text();

    expect(response.status).toBe(500);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ code: 'internal_error', status: 500 });
    expect(body).not.toMatch(/tomato|\.ts/);
    expect(failures).toEqual([failure]);
  });

  it('says which port is taken, on which host, and what to do', async () => {
    const { port } = await start();

    await expect(serve(hello, { port })).rejects.toMatchObject({
      name: 'PortInUseError',
      code: 'port_in_use',
      host: '127.0.0.1',
      port,
      message: `port ${port} on 127.0.0.1 is in use: stop the program that listens there, or choose another port`,
    });
  });

  it('says why it cannot listen on an address of another machine', async () => {
    await expect(serve(hello, { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({
      code: 'cannot_listen',
      host: '192.0.2.1',
    });
  });
});

describe('serve, host names', () => {
  const asking = (port: number, host: string) =>
    raw(port, `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

  it('answers to loopback names and to named ones only, when it listens on a loopback address', async () => {
    const { port } = await start(hello, { allowedHosts: ['packages.example'] });

    for (const host of [
      'localhost',
      `localhost:${port}`,
      '127.0.0.1',
      `[::1]:${port}`,
      'LOCALHOST',
      'packages.example',
    ]) {
      expect(await asking(port, host), host).toMatch(/^HTTP\/1\.1 200 /);
    }
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '10.0.0.1',
    ]) {
      expect(await asking(port, host), host).toMatch(/^HTTP\/1\.1 421 .*"code":"misdirected_request"/s);
    }
  });

  it('goes by the absolute target where there is one', async () => {
    const { port } = await start();

    const answer = await raw(port, 'GET http://evil.example/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');

    expect(answer).toMatch(/^HTTP\/1\.1 421 /);
  });

  it('answers 400 to a Host header that is no host', async () => {
    const { port } = await start();

    expect(await asking(port, 'local host')).toMatch(/^HTTP\/1\.1 400 .*"code":"malformed_request"/s);
    expect(await asking(port, 'a/b')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('serve, limits', () => {
  const post = (port: number, headers: string, body = '') =>
    raw(port, `POST / HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n${body}`);
  const reader: WebApp = { fetch: async (request) => new Response(String((await request.text()).length)) };

  it('H2 refuses a declared body over the limit at once, without reading it, and closes', async () => {
    const { port } = await start(reader);

    expect(await post(port, 'Content-Length: 65537')).toMatch(/^HTTP\/1\.1 413 .*"code":"body_too_large"/s);
    expect(await post(port, 'Content-Length: 10000000000')).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('H2 does not ask a client that waits to send too much to go on', async () => {
    const { port } = await start(reader);

    const refused = await post(port, 'Content-Length: 65537\r\nExpect: 100-continue');
    const taken = await post(port, 'Content-Length: 2\r\nConnection: close\r\nExpect: 100-continue', 'ab');

    expect(refused).toMatch(/^HTTP\/1\.1 413 /);
    expect(taken).toMatch(/^HTTP\/1\.1 100 .*HTTP\/1\.1 200 /s);
  });

  it('H2 refuses a chunked body as soon as it passes the limit', async () => {
    const { port } = await start(reader);
    const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;

    const exact = await post(port, 'Connection: close\r\nTransfer-Encoding: chunked', `${chunk}${chunk}0\r\n\r\n`);
    const over = await post(port, 'Transfer-Encoding: chunked', `${chunk}${chunk}1\r\nx\r\n`);

    expect(exact).toMatch(/^HTTP\/1\.1 200 .*65536$/s);
    expect(over).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('H2 answers without a body it has no use for, and closes instead of reading on', async () => {
    const { port } = await start();

    expect(await post(port, 'Transfer-Encoding: chunked', '5\r\nhe')).toMatch(/^HTTP\/1\.1 200 .*connection: close/is);
  });

  it('keeps a connection whose body was read whole', async () => {
    const { port } = await start(reader);
    const one = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nab';
    const last = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

    expect((await raw(port, one + one + last)).match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  });

  it('answers CONNECT with 405', async () => {
    const { port } = await start();

    expect(await raw(port, 'CONNECT /register HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 405 .*\r\nallow: /s,
    );
    expect(await raw(port, 'CONNECT x.example:443 HTTP/1.1\r\nHost: x.example:443\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 405 /,
    );
  });

  it('answers 431 to headers over the limit, as a problem', async () => {
    const { port } = await start();

    expect(await post(port, `X: ${'x'.repeat(20_000)}`)).toMatch(/^HTTP\/1\.1 431 .*"code":"headers_too_large"/s);
  });

  it('H1 answers what is not HTTP with a problem, and closes', async () => {
    const { port } = await start();

    for (const text of ['\u0000\u0001', 'GET\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', '{"a":1}']) {
      expect(await raw(port, text), text).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  it('H3 closes connections that send nothing, or too slowly', async () => {
    const { port } = await start(hello, { limits: { headersMs: 200 } });

    const silent = raw(port, '');
    const slow = raw(port, 'GET / HTTP/1.1\r\nHost: loc');

    expect(await silent).toMatch(/^(HTTP\/1\.1 408 .*"code":"request_timeout".*)?$/s);
    expect(await slow).toMatch(/^HTTP\/1\.1 408 .*"code":"request_timeout"/s);
  });

  it('H4 closes connections beyond the limit at once and goes on serving the others', async () => {
    const { port, url } = await start(hello, { limits: { connections: 1 } });
    const kept = connect(port, '127.0.0.1');
    await new Promise((resolve) => kept.once('connect', resolve));

    expect(await raw(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).toBe('');
    const answered = new Promise((resolve) => kept.once('data', (data) => resolve(String(data))));
    kept.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');

    expect(await answered).toMatch(/^HTTP\/1\.1 200 /);
    kept.destroy();
    expect(url).toContain(String(port));
  });
});

describe('serve, stop', () => {
  it('finishes what is running, closes what is idle, and frees the port', async () => {
    let finish = (() => {}) as (response: Response) => void;
    let began = () => {};
    const running = new Promise<void>((resolve) => (began = resolve));
    const serving = await start({
      fetch: () => {
        began();
        return new Promise<Response>((resolve) => (finish = resolve));
      },
    });
    const idle = connect(serving.port, '127.0.0.1');
    const idleClosed = new Promise((resolve) => idle.once('close', resolve));
    await new Promise((resolve) => idle.once('connect', resolve));
    const answer = fetch(serving.url);
    await running;

    const stopped = serving.stop();
    await idleClosed;
    await expect(fetch(serving.url)).rejects.toThrow();
    finish(new Response('done'));

    expect(await (await answer).text()).toBe('done');
    await stopped;
    const again = await serve(hello, { port: serving.port });
    servings.push(again);
    expect(again.port).toBe(serving.port);
  });

  it('does not wait longer than its deadline', async () => {
    let began = () => {};
    let gone = (() => {}) as (event: unknown) => void;
    const aborted = new Promise<unknown>((resolve) => (gone = resolve));
    const running = new Promise<void>((resolve) => (began = resolve));
    const serving = await start({
      fetch: (request) => {
        request.signal.addEventListener('abort', gone);
        began();
        return new Promise(() => {});
      },
    });
    const answer = fetch(serving.url);
    answer.catch(() => {});
    await running;

    await serving.stop({ deadlineMs: 1 });

    await expect(answer).rejects.toThrow();
    await expect(aborted).resolves.toMatchObject({ type: 'abort' });
  });

  it('aborts the signal of a request whose client has gone', async () => {
    let gone = (() => {}) as (event: unknown) => void;
    const noticed = new Promise<unknown>((resolve) => (gone = resolve));
    let began = () => {};
    const running = new Promise<void>((resolve) => (began = resolve));
    const { url } = await start({
      fetch: (request) => {
        request.signal.addEventListener('abort', gone);
        began();
        return new Promise(() => {});
      },
    });
    const client = httpRequest(url);
    client.on('error', () => {});
    client.end();
    await running;

    client.destroy();

    await expect(noticed).resolves.toMatchObject({ type: 'abort' });
  });

  it('turns a refusal thrown by the app into its problem', async () => {
    const { url } = await start({
      fetch: () => {
        throw new RequestError(418, 'teapot', 'no coffee here', { 'x-pot': 'short and stout' });
      },
    });

    const response = await fetch(url);

    expect(response.headers.get('x-pot')).toBe('short and stout');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: "I'm a Teapot",
      status: 418,
      code: 'teapot',
      detail: 'no coffee here',
    });
  });
});
