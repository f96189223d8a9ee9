import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support/temporaryFolder.ts';
import { eventually } from './support/eventually.ts';
import { httpSink } from './support/httpSink.ts';
import { startRoute } from './support/startRoute.ts';

const MAIN = new URL('../../../dist/lib/systems/cli/main.js', import.meta.url).pathname;

/** The program in a process of its own. */
async function start(config: object) {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build makes it, and npm test runs that first`);
  const folder = temporaryFolder({ 'c.yaml': JSON.stringify(config) });
  const args = [MAIN, 'route', '--config', join(folder, 'c.yaml'), '--port', '0'];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += String(data)));
  child.stderr.on('data', (data) => (err += String(data)));
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  await eventually(() => out).toMatch(/ready/);
  const url = /http:\S+/.exec(out)![0];
  const send = (payload: unknown) =>
    fetch(new URL('hooks/in', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });
  return { child, ended, url, send, err: () => err };
}

const config = (url: string, more: object = {}) => ({
  receivers: [{ name: 'in', type: 'webhook', routes: [{ name: 'r', sender: { type: 'http', url } }] }],
  ...more,
});

describe('SIGTERM', () => {
  it('W14 lets routes settle what they hold, takes nothing new, logs the account, and ends with 0', async () => {
    const sink = await httpSink();
    sink.answer(undefined);
    const { child, ended, url, send, err } = await start(config(sink.url));
    for (let n = 0; n < 5; n++) expect((await send({ n })).status).toBe(202);
    await eventually(sink.open).toBe(1);

    child.kill('SIGTERM');
    await eventually(async () => (await fetch(new URL('readyz', url))).status).toBe(503);
    const refused = await send({ n: 5 });
    sink.answer(204);

    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(sink.bodies().map(({ n }) => n)).toEqual([0, 1, 2, 3, 4]);
    expect(err()).toMatch(/a receiver is closed receiver="default\/in" received=5 .*acked=5 /);
    expect(err()).toMatch(/a route is closed route="default\/in\/r" offered=5 succeeded=5 /);
  });

  it('W14 discards at the deadline what hangs, says how much, and ends with 0', async () => {
    const sink = await httpSink();
    sink.answer(undefined);
    const { child, ended, send, err } = await start(config(sink.url, { drainMs: 300 }));
    for (let n = 0; n < 3; n++) await send({ n });
    const before = Date.now();

    child.kill('SIGTERM');

    expect(await ended).toEqual({ code: 0, signal: null });
    expect(Date.now() - before).toBeLessThan(3_000);
    expect(err()).toMatch(/warn a route is closed before it was done .*offered=3 succeeded=0 .*discarded=3 /);
  });

  it('lets what goes through topics arrive, however long the way is', async () => {
    const sink = await httpSink();
    const hop = (from: string, to: string) => ({
      name: from,
      type: 'topic',
      topic: from,
      routes: [{ name: 'r', sender: { type: 'topic', topic: to } }],
    });
    const { send, stop, terminal } = await startRoute({
      topics: ['a', 'b', 'c'],
      receivers: [
        { name: 'c', type: 'topic', topic: 'c', routes: [{ name: 'r', sender: { type: 'http', url: sink.url } }] },
        hop('b', 'c'),
        hop('a', 'b'),
        {
          name: 'in',
          type: 'webhook',
          routes: [
            {
              name: 'r',
              filters: [{ batch: { size: 100, flushMs: 300 } }], // so that all of it is still to go when it is told to stop
              sender: { type: 'topic', topic: 'a' },
            },
          ],
        },
      ],
    });

    await Promise.all(Array.from({ length: 50 }, (_, n) => send('/hooks/in', { n })));

    expect(await stop()).toBe(0);
    expect(sink.bodies().flat()).toHaveLength(50);
    expect(terminal.err()).not.toMatch(/(?:failed|discarded)=[1-9]/);
  });
});

describe('npm start', () => {
  it('serves what is routed on the port of the catalogue, and one description of both', async () => {
    const { ask, send, url } = await startRoute(
      { sources: [], ...config('http://127.0.0.1:9/', { drainMs: 0 }) },
      { command: 'up' },
    );

    expect(await send('/hooks/in', 1)).toBe(202);
    expect((await ask('GET', '/v1/packages')).body.items).toEqual([]);
    expect((await ask('GET', '/v1/receivers')).body.receivers).toHaveLength(1);
    expect((await fetch(url)).headers.get('content-type')).toMatch(/html/);
    const { paths, components } = (await ask('GET', '/openapi.json')).body;
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/v1/packages', '/v1/receivers', '/hooks/{path}']));
    expect(Object.keys(components.schemas)).toEqual(expect.arrayContaining(['Package', 'Receiver', 'Problem']));
  });

  it('routes nothing where the configuration has no receivers', async () => {
    const { ask } = await startRoute({ sources: [] }, { command: 'up' });

    expect((await ask('GET', '/v1/receivers')).status).toBe(404);
    expect((await ask('POST', '/hooks/demo', {})).status).toBe(404);
  });
});
