import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSse } from '../../adapters/http/support/sse.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const MAIN = new URL('../../../dist/lib/systems/cli/main.js', import.meta.url).pathname;
const children: ChildProcess[] = [];

/** A module whose jobs of the kind `slow` end when the file `go` is there, and are deaf to everything else. */
const MODULE = `
import { existsSync, appendFileSync } from 'node:fs';
const input = { name: 'anything', decode: (right) => ({ _tag: 'Right', right }) };
export default {
  slow: {
    input,
    async *run(_, { token }) {
      appendFileSync(new URL('runs', import.meta.url), token + '\\n');
      yield { began: true };
      while (!existsSync(new URL('go', import.meta.url))) await new Promise((done) => setTimeout(done, 10));
      yield { done: true };
    },
  },
  quick: { input, run: async (given) => given },
};`;

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: npm run build makes it, and npm test runs that first`);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

async function start(folder: string, command = 'jobs') {
  const child = spawn(process.execPath, [MAIN, command, '--config', 'c.yaml', '--port', '0'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => (out += String(data)));
  child.stderr.on('data', (data) => (err += String(data)));
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  await expect.poll(() => out + err, { timeout: 20_000 }).toMatch(/ready|error:/);
  const url = /http:\S+/.exec(out)?.[0] ?? '';
  const ask = async (method: string, path: string, body?: unknown) => {
    const init =
      body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(new URL(path, url), { method, ...init });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  return { child, ended, err: () => err, url, ask };
}

const files = { 'jobs.mjs': MODULE, 'c.yaml': 'sources: []\njobs: { module: jobs.mjs, store: kept, maxRunning: 1 }\n' };
const runsIn = (folder: string) => (existsSync(join(folder, 'runs')) ? readFileSync(join(folder, 'runs'), 'utf8') : '');
const letGo = (folder: string) => writeFileSync(join(folder, 'go'), '');

describe('the program rxfan jobs', () => {
  it('runs again what was in progress at a kill -9, and remembers what had ended', async () => {
    const folder = temporaryFolder(files);
    const first = await start(folder);
    const quick = (await first.ask('POST', '/v1/jobs/quick', { a: 1 })).body;
    await expect.poll(async () => (await first.ask('GET', `/v1/jobs/${quick.id}`)).body.state).toBe('succeeded');
    const end = (await first.ask('GET', `/v1/jobs/${quick.id}`)).body;
    const slow = (await first.ask('POST', '/v1/jobs/slow', {})).body;
    const waiting = (await first.ask('POST', '/v1/jobs/quick', { b: 2 })).body;
    await expect.poll(() => runsIn(folder)).toContain(slow.id);

    first.child.kill('SIGKILL');
    expect(await first.ended).toEqual({ code: null, signal: 'SIGKILL' });
    const second = await start(folder);

    expect(second.err()).toMatch(/info jobs of an earlier run are back restarted=2 failed=0 remembered=1/);
    expect((await second.ask('GET', `/v1/jobs/${quick.id}`)).body).toEqual(end);
    letGo(folder);
    for (const [id, result] of [
      [slow.id, { done: true }],
      [waiting.id, { b: 2 }],
    ] as const) {
      await expect
        .poll(async () => (await second.ask('GET', `/v1/jobs/${id}`)).body)
        .toMatchObject({ id, state: 'succeeded', result });
    }
    expect(runsIn(folder).split('\n')).toEqual([slow.id, slow.id, '']);
  });

  it('W8 W12 at SIGTERM refuses new jobs, lets those that run end, writes its account, and ends with 0', async () => {
    const folder = temporaryFolder(files);
    const { child, ended, err, url, ask } = await start(folder);
    const slow = (await ask('POST', '/v1/jobs/slow', {})).body;
    const waiting = (await ask('POST', '/v1/jobs/quick', {})).body;
    const client = await openSse(`${url}v1/jobs/${slow.id}/events`);
    await client.take(3);

    child.kill('SIGTERM');
    await expect.poll(err).toContain('stopping');
    const refused = await ask('POST', '/v1/jobs/quick', {});
    const ready = await ask('GET', '/readyz');
    const rejected = await ask('GET', `/v1/jobs/${waiting.id}`);
    letGo(folder);

    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([503, 'stopping', '5']);
    expect(ready.status).toBe(503);
    expect(rejected.body).toMatchObject({ state: 'rejected', error: { code: 'stopped' } });
    expect((await client.take(9)).map(({ event }) => event)).toEqual(['message', 'state', 'end']);
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(err()).toMatch(/info jobs have stopped jobs=\{"started":2,.*"succeeded":1,.*"rejected":1\}/);
  });

  it('W12 ends at once at the second signal', async () => {
    const { child, ended, err, ask } = await start(temporaryFolder(files));
    await ask('POST', '/v1/jobs/slow', {});
    child.kill('SIGTERM');
    await expect.poll(err).toContain('stopping');
    child.kill('SIGTERM');

    expect(await ended).toEqual({ code: 1, signal: null });
  });

  it('is stopped by a module that does not load, with exit code 2 and what is wrong where', async () => {
    const folder = temporaryFolder({ ...files, 'jobs.mjs': '\nthrow new Error("no database");' });
    const { ended, err } = await start(folder);

    expect(await ended).toEqual({ code: 2, signal: null });
    expect(err()).toContain(`error: the module of jobs ${folder}/jobs.mjs cannot be loaded: no database (line 2)\n`);
    expect(err()).not.toContain('    at ');
  });

  it('is part of rxfan up, with a refresh that the catalogue shows', async () => {
    const status = (version: string) => `Package: bash\nStatus: install ok installed\nVersion: ${version}\n\n`;
    const folder = temporaryFolder({
      'c.yaml': 'sources: [{ type: helm, name: charts, file: index.yaml }, { type: dpkg, statusFile: status }]\n',
      status: status('5'),
      'index.yaml': 'entries: {}\n',
    });
    const { ask } = await start(folder, 'up');

    const { body } = await ask('POST', '/v1/jobs/catalogue.refresh', {});
    await expect
      .poll(async () => (await ask('GET', `/v1/jobs/${body.id}`)).body)
      .toMatchObject({ state: 'succeeded', result: { sources: 2, items: 1, unreachable: [] } });
    const api = (await ask('GET', '/openapi.json')).body;
    expect(Object.keys(api.paths)).toEqual(expect.arrayContaining(['/v1/packages', '/v1/jobs', '/healthz']));
    expect((await ask('GET', '/v1/packages')).body.items).toHaveLength(1);
    expect((await ask('GET', '/v1/nothing')).status).toBe(404);
  });
});
