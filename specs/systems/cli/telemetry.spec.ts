import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { runCommandLine } from '../../../lib/systems/cli/commandLine.ts';
import { metricsApp } from '../../../lib/systems/cli/telemetry/metricsApp.ts';
import { fakeTerminal } from '../../support/fakeTerminal.ts';
import { killPrograms, startProgram } from '../../support/program.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const CLIENT = 'c0ffee00c0ffee00c0ffee00c0ffee00';

afterEach(killPrograms);

/** A collector that keeps what it is sent. */
async function collector() {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      bodies.push(body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const spans = () =>
    bodies
      .map(
        (body) =>
          JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: { name: string; traceId: string }[] }[] }[] },
      )
      .flatMap(({ resourceSpans }) => resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap((scope) => scope.spans);
  return { url: `http://127.0.0.1:${port}`, spans, bodies };
}

describe('rxfan up', () => {
  it('has metrics, traces where they are wanted, and a log of objects', async () => {
    const { url: endpoint, spans, bodies } = await collector();
    const program = startProgram(['up', '--port', '0'], {
      cwd: temporaryFolder({ 'rxfan.config.yaml': 'sources: []\n' }),
      env: { LOG_FORMAT: 'json', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SERVICE_NAME: 'shop' },
    });
    await program.ready();
    const post = (path: string, body: unknown) =>
      fetch(new URL(path, program.url()), {
        method: 'POST',
        headers: { 'content-type': 'application/json', traceparent: `00-${CLIENT}-c0ffee00c0ffee00-01` },
        body: JSON.stringify(body),
      });
    const accepted = await post('v1/commands/demo.greet', { name: 'secret-person' });
    expect(accepted.status).toBe(202);
    const operation = new URL(accepted.headers.get('location')!, program.url());
    await expect.poll(async () => (await fetch(operation)).text(), { timeout: 10_000 }).toContain('succeeded');

    const metrics = await fetch(new URL('metrics', program.url()));
    const text = await metrics.text();
    expect(metrics.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('rxfan_items_total{kind="subscriber",name="demo.greet/demo",event="succeeded"} 1\n');
    expect(text).toMatch(/^messaging_process_duration_bucket\{.*le="0\.25"\} \d+$/m);
    const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);

    program.child.kill('SIGTERM');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    const own = spans().filter(({ traceId }) => traceId === CLIENT);
    expect(own.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'POST /v1/commands/:name',
        'send commands.demo.greet',
        'send demo.greeted',
        'send outcomes.demo.greet',
        'wait demo.commands',
        'process demo.commands',
        'process demo.greet',
      ]),
    );
    expect(bodies.join('')).toContain('"shop"');
    expect(bodies.join('') + text).not.toMatch(/secret-person/);
    const lines = program.err().trimEnd().split('\n');
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ level: expect.any(String), msg: expect.any(String) });
    expect(lines.length).toBeGreaterThan(2);
  }, 60_000);

  it.each([
    ['LOG_FORMAT', 'xml'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'file:///etc/passwd'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector'],
  ])('refuses %s=%s, by its name', async (name, value) => {
    const terminal = fakeTerminal({ env: { [name]: value } });
    expect(await runCommandLine(['up', '--port', '0'], terminal)).not.toBe(0);
    expect(terminal.err()).toContain(name);
  });
});

describe('metricsApp', () => {
  const own = (status: number) => ({ fetch: () => new Response('own 1\n', { status }) });
  const ask = (headers: Readonly<Record<string, string>> = {}, path = '/metrics', method = 'GET') =>
    new Request(`http://127.0.0.1${path}`, { headers, method });
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it.each([
    {
      what: 'behind what the app has',
      status: 200,
      isLocal: false,
      token: undefined,
      sent: {},
      expected: [200, 'own 1\ntold 1\n'],
    },
    {
      what: 'alone, on this machine',
      status: 404,
      isLocal: true,
      token: undefined,
      sent: {},
      expected: [200, 'told 1\n'],
    },
    { what: 'not elsewhere', status: 404, isLocal: false, token: undefined, sent: {}, expected: [404, 'own 1\n'] },
    {
      what: 'not past a token of the app',
      status: 401,
      isLocal: true,
      token: undefined,
      sent: {},
      expected: [401, 'own 1\n'],
    },
    {
      what: 'with the token',
      status: 404,
      isLocal: false,
      token: 'abc',
      sent: bearer('abc'),
      expected: [200, 'told 1\n'],
    },
    {
      what: 'not with another one',
      status: 404,
      isLocal: true,
      token: 'abc',
      sent: bearer('abd'),
      expected: [401, undefined],
    },
    {
      what: 'not without it, also here',
      status: 404,
      isLocal: true,
      token: 'abc',
      sent: {},
      expected: [401, undefined],
    },
    {
      what: 'with the token, where the app has another',
      status: 401,
      isLocal: false,
      token: 'abc',
      sent: bearer('abc'),
      expected: [200, 'told 1\n'],
    },
  ])('tells figures $what', async ({ status, isLocal, token, sent, expected: [code, body] }) => {
    const app = metricsApp(own(status), { text: () => Promise.resolve('told 1\n'), metricsToken: token, isLocal });
    const answer = await app.fetch(ask(sent));
    expect(answer.status).toBe(code);
    if (body !== undefined) expect(await answer.text()).toBe(body);
  });

  it.each([
    ['another path', ask({}, '/metrics/more')],
    ['another method', ask({}, '/metrics', 'POST')],
  ])('leaves the rest to the app: %s', async (_, request) => {
    const app = metricsApp(own(404), {
      text: () => Promise.reject(new Error('asked')),
      metricsToken: undefined,
      isLocal: true,
    });
    expect((await app.fetch(request)).status).toBe(404);
  });
});
