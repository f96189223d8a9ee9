/* eslint-disable no-control-regex -- terminals are steered by them */
import { afterEach, describe, expect, it } from 'vitest';
import { Subject, concat, of, startWith, NEVER, type Observable } from 'rxjs';
import { eventStream } from '../../../../lib/adapters/http/eventStream.ts';
import { answerProblem, RequestError } from '../../../../lib/adapters/http/problem.ts';
import { serve, type Serving } from '../../../../lib/adapters/http/serve.ts';
import type { ServerSentEvent } from '../../../../lib/adapters/http/sseFrame.ts';
import type { Screen } from '../../../../lib/systems/cli/terminal.ts';
import { runCommandLine } from '../../../../lib/systems/cli/commandLine.ts';
import { fakeTerminal, type FakeTerminalOptions } from '../../../support/fakeTerminal.ts';
import { node, viewOf } from './support.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const told = (event: string, data: unknown): ServerSentEvent => ({ event, data: JSON.stringify(data) });
const graph = told('graph', viewOf(node(1, 'topic', 'orders'), node(2, 'subscriber', 'orders/mail', { within: 1 })));
const delta = told('delta', { time: 1, nodes: [node(1, 'topic', 'orders', { rates: { published: 7 } })], gone: [2] });

/** A server that answers one request after the other so. */
async function server(
  ...answers: readonly ((request: Request) => Response)[]
): Promise<Serving & { asked: Request[] }> {
  const asked: Request[] = [];
  const app = { fetch: (request: Request) => answers[Math.min(asked.push(request), answers.length) - 1]!(request) };
  const serving = await serve(app, { port: 0 });
  ends.push(() => serving.stop({ deadlineMs: 0 }));
  return { ...serving, asked };
}
const telling = (events: Observable<ServerSentEvent>) => (request: Request) => eventStream(request, events);

async function run(args: readonly string[], options: FakeTerminalOptions = {}) {
  const terminal = fakeTerminal(options);
  const code = await runCommandLine(['top', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('rxfan top', () => {
  it('prints one picture where nobody sits at a terminal, once there are rates', async () => {
    const { url, asked } = await server(telling(concat(of(graph, delta), NEVER)));
    const { code, out } = await run(['--server', url, '--kind', 'topic', 'route', '--name', 'ord']);
    expect(code).toBe(0);
    expect(out).toMatch(/^topic orders +7\.0$/m);
    expect(out).not.toContain('orders/mail');
    expect(new URL(asked[0]!.url).search).toBe('?kind=topic&kind=route&name=ord&limit=200');
  });

  it('prints each change as a line of JSON, until the reader leaves', async () => {
    const { url } = await server(telling(concat(of(graph, delta, delta), NEVER)));
    const { code, out } = await run(['--server', url, '--json'], { reads: 1 });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ nodes: [{ name: 'orders' }, { name: 'orders/mail' }] });
  });

  it('sends the admin token of the environment', async () => {
    const { url, asked } = await server(telling(concat(of(graph, delta), NEVER)));
    await run(['--server', url], { env: { RXFAN_ADMIN_TOKEN: 'open sesame' } });
    expect(asked[0]!.headers.get('authorization')).toBe('Bearer open sesame');
  });

  it.each([
    [
      () => answerProblem(new RequestError(401, 'unauthorized', 'this needs credentials')),
      /refused: this needs credentials \(unauthorized\)/,
    ],
    [
      () => answerProblem(new RequestError(404, 'not_found', 'nothing')),
      /refused: it has no console: that is a part of `rxfan up`/,
    ],
    [() => new Response('tea', { status: 418 }), /refused: status 418, without a reason/],
    [() => new Response('oh', { status: 500 }), /cannot reach .*: status 500/],
    [telling(of(told('graph', { nodes: 'many' }))), /\/nodes must be Array/],
    [telling(of({ event: 'graph', data: '{' })), /not JSON/],
    [
      () => new Response(`data: ${'x'.repeat(2 * 1024 ** 2)}`, { headers: { 'content-type': 'text/event-stream' } }),
      /cannot reach/,
    ],
  ])('tells in words what the server has against it, exit code 1', async (answer, says) => {
    const { url } = await server(answer);
    const { code, out, err } = await run(['--server', url]);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(says);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('says which server is not there', async () => {
    const { url, stop } = await serve({ fetch: () => new Response() }, { port: 0 });
    await stop();
    const { code, err } = await run(['--server', url]);
    expect(code).toBe(1);
    expect(err).toMatch(/cannot reach http:\/\/127\.0\.0\.1:\d+\/v1\/console\/live: ECONNREFUSED/);
  });

  it('comes again where the connection was lost', async () => {
    const { url, asked } = await server(telling(of(graph)), telling(concat(of(graph, delta), NEVER)));
    const { code, out, err } = await run(['--server', url]);
    expect({ code, times: asked.length }).toEqual({ code: 0, times: 2 });
    expect(err).toMatch(/it ended the stream; trying again/);
    expect(out).toContain('topic orders');
  });

  it('draws on the screen of whoever sits there until q, and gives the screen back', async () => {
    const typed$ = new Subject<string>();
    const screen: Screen = {
      size: () => ({ columns: 100, rows: 12 }),
      onResize: () => () => undefined,
      onTyped: (typed) => {
        const typing = typed$.subscribe(typed);
        return () => typing.unsubscribe();
      },
    };
    const more$ = new Subject<ServerSentEvent>();
    const { url, asked } = await server(telling(more$.pipe(startWith(graph))));
    const terminal = fakeTerminal({ screen });
    const over = runCommandLine(['top', '--server', url], terminal);

    await terminal.says(/\u001b\[\?1049h/);
    await terminal.says(/orders\/mail/);
    more$.next(delta);
    await terminal.says(/topic orders +7\.0/);
    typed$.next('/mai');
    await terminal.says(/name: mai/);
    typed$.next('l\r');
    await terminal.says(/\(now mail\)/);
    await expect.poll(() => asked.length).toBe(2);
    expect(new URL(asked[1]!.url).searchParams.get('name')).toBe('mail');
    typed$.next('q');

    expect(await over).toBe(0);
    expect(terminal.out().endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
    expect(typed$.observed).toBe(false);
  });

  it('gives the screen back on a signal, and on a failure', async () => {
    const screen: Screen = {
      size: () => ({ columns: 80, rows: 24 }),
      onResize: () => () => undefined,
      onTyped: () => () => undefined,
    };
    const { url } = await server(telling(concat(of(graph), NEVER)));
    const terminal = fakeTerminal({ screen });
    const over = runCommandLine(['top', '--server', url], terminal);
    await terminal.says(/orders/);
    terminal.stop();
    expect(await over).toBe(0);
    expect(terminal.out()).toMatch(/\u001b\[\?1049l$/);

    const refusing = await server(() => answerProblem(new RequestError(403, 'admin_closed', 'not for you')));
    const failed = await run(['--server', refusing.url], { screen });
    expect(failed.code).toBe(1);
    expect(failed.out).toMatch(/\u001b\[\?1049l$/);
    expect(failed.err).toContain('not for you (admin_closed)');
  });
});
