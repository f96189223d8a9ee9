import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const MAIN = new URL('../../../dist/lib/systems/cli/main.js', import.meta.url).pathname;

let folder: string;
let upstream: Server;
const unanswered: ServerResponse[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build makes it, and npm test runs that first`);
  folder = await mkdtemp(join(tmpdir(), 'rxfan-main-'));
  upstream = createServer((_, response) => unanswered.push(response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => upstream.once('listening', resolve));
  const { port } = upstream.address() as AddressInfo;
  const slow = `{ type: rest, name: slow, url: "http://127.0.0.1:${port}/", items: items, nextPageToken: next, key: id }`;
  await writeFile(join(folder, 'slow.yaml'), `sources: [${slow}]\n`);
  await writeFile(join(folder, 'empty.yaml'), 'sources: []\n');
  const entries = Array.from(
    { length: 5_000 },
    (_, i) => `Package: p${i}\nStatus: install ok installed\nVersion: 1\n\n`,
  );
  await writeFile(join(folder, 'status'), entries.join(''));
  await writeFile(join(folder, 'many.yaml'), 'sources: [{ type: dpkg, statusFile: status }]\n');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await rm(folder, { recursive: true });
});

function start(args: readonly string[], [command, ...first]: [string, ...string[]] = [process.execPath, MAIN]) {
  const env = { PATH: process.env['PATH'], XDG_STATE_HOME: join(folder, 'state') };
  const cwd = command === 'npm' ? undefined : folder; // npm has its script from where the package is
  const child = spawn(command, [...first, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += String(data)));
  child.stderr.on('data', (data) => (err += String(data)));
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal })),
  );
  return { child, ended, out: () => out, err: () => err };
}

async function startServer(config: string, command?: [string, ...string[]]) {
  const args = ['--config', join(folder, config), '--port', '0'];
  const program = command ? start(args, command) : start(['up', ...args]);
  await expect.poll(program.out, { timeout: 20_000 }).toMatch(/ready/);
  return { ...program, url: /http:\S+/.exec(program.out())![0] };
}

describe('the program', () => {
  it('stops when npm, that has started it, is told to', async () => {
    const npm: [string, ...string[]] = ['npm', 'start', '--silent', '--ignore-scripts', '--'];
    const { child, ended, err, url } = await startServer('empty.yaml', npm);
    child.kill('SIGTERM');

    expect(await ended).toEqual({ code: 0, signal: null });
    expect(err()).toContain('stopping');
    await expect(fetch(new URL('readyz', url))).rejects.toThrow('fetch failed');
  });

  it('prints one line with its URL when it is ready, and drains at SIGTERM', async () => {
    const { child, ended, out, err, url } = await startServer('empty.yaml');
    const idle = connect(Number(new URL(url).port), '127.0.0.1'); // a browser keeps such connections in reserve
    await new Promise((resolve) => idle.once('connect', resolve));

    expect(out()).toBe(`rxfan is ready at ${url}\n`);
    expect((await fetch(new URL('readyz', url))).status).toBe(200);
    child.kill('SIGTERM');

    expect(await ended).toEqual({ code: 0, signal: null });
    expect(out()).toBe(`rxfan is ready at ${url}\n`);
    expect(err()).toContain('stopping');
  });

  it('finishes the requests that run when SIGINT comes', async () => {
    const { child, ended, url } = await startServer('slow.yaml');
    await expect.poll(() => unanswered.length).toBeGreaterThan(0); // it has asked its source, to know how it is doing
    const answer = fetch(new URL('v1/packages', url));
    await expect.poll(() => unanswered.length).toBeGreaterThan(1);

    child.kill('SIGINT');
    await expect
      .poll(() =>
        fetch(new URL('readyz', url)).then(
          () => 'answers',
          () => 'gone',
        ),
      )
      .toBe('gone');
    for (const response of unanswered.splice(0)) {
      response.setHeader('content-type', 'application/json').end('{"items":[{"id":"a"}],"next":""}');
    }

    expect(await (await answer).json()).toMatchObject({ items: [{ name: 'a' }], nextPageToken: '' });
    expect(await ended).toEqual({ code: 0, signal: null });
  });

  it('stops at once at the second signal', async () => {
    const { child, ended, url, err } = await startServer('slow.yaml');
    const asked = unanswered.length;
    fetch(new URL('v1/packages', url)).catch(() => {});
    await expect.poll(() => unanswered.length).toBeGreaterThan(asked);

    child.kill('SIGTERM');
    await expect.poll(err).toContain('stopping');
    child.kill('SIGTERM');

    expect(await ended).toEqual({ code: 1, signal: null });
    unanswered.splice(0);
  });

  it('ends without a word when its reader has read enough, as head does', async () => {
    const { child, ended, err } = start(['packages', '--config', 'many.yaml', '--all', '--page-size', '100', '--json']);
    child.stdout.once('data', () => child.stdout.destroy());

    expect(await ended).toEqual({ code: 0, signal: null });
    expect(err()).toBe('');
  });

  it('prints the whole list into a pipe', async () => {
    const { ended, out } = start(['packages', '--config', 'many.yaml', '--all']);

    expect(await ended).toEqual({ code: 0, signal: null });
    expect(out().split('\n')).toHaveLength(5_002);
  });

  it('ends with 2 when it is misused, without a stack', async () => {
    const { ended, err } = start(['up', '--config', 'none.yaml']);

    expect(await ended).toEqual({ code: 2, signal: null });
    expect(err()).toBe('error: none.yaml: does not exist\n');
  });
});
