import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { serveSocket } from '../../../lib/adapters/http/serveSocket.ts';
import type { WebApp } from '../../../lib/adapters/http/serve.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const stops: (() => Promise<void>)[] = [];
const hello: WebApp = { fetch: async (request) => new Response(`${request.method} ${new URL(request.url).pathname}`) };
const start = async (path: string) => {
  const { stop } = await serveSocket(hello, path);
  stops.push(() => stop({ deadlineMs: 0 }));
  return stop;
};
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

const ask = (socketPath: string): Promise<string> =>
  new Promise((resolve, reject) => {
    request({ socketPath, path: '/a' }, (response) => {
      let text = '';
      response.on('data', (data) => (text += String(data)));
      response.on('end', () => resolve(text));
    })
      .on('error', reject)
      .end();
  });

describe('serveSocket', () => {
  it('answers on a socket of this user alone, in a folder of this user alone', async () => {
    const path = join(temporaryFolder({}), 'own', 'd.sock');
    await start(path);

    expect(await ask(path)).toBe('GET /a');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
  });

  it('replaces a socket that nobody listens to, as a killed program leaves it', async () => {
    const path = join(temporaryFolder({}), 'own', 'd.sock');
    mkdirSync(join(path, '..'), { mode: 0o700 });
    const dying = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', dying]);
    expect(statSync(path).isSocket()).toBe(true);

    await start(path);

    expect(await ask(path)).toBe('GET /a');
  });

  it('leaves one that somebody listens to', async () => {
    const path = join(temporaryFolder({}), 'own', 'd.sock');
    await start(path);
    await expect(start(path)).rejects.toMatchObject({ code: 'socket_in_use', path });
    expect(await ask(path)).toBe('GET /a');
  });

  it.each([
    [
      'that others may enter',
      (folder: string) => chmodSync(mkdirSync(folder, { recursive: true })!, 0o750),
      /chmod 700/,
    ],
    ['that is a link', (folder: string) => symlinkSync(temporaryFolder({}), folder), /is not a folder/],
    ['that is a file', (folder: string) => writeFileSync(folder, ''), /EEXIST|is not a folder/],
  ])('does not use a folder %s', async (_, make, problem) => {
    const folder = join(temporaryFolder({}), 'own');
    make(folder);
    await expect(start(join(folder, 'd.sock'))).rejects.toThrow(problem);
  });

  it('says so when the path is too long', async () => {
    await expect(start(join(temporaryFolder({}), 'x'.repeat(100), 'd.sock'))).rejects.toMatchObject({
      code: 'unsafe_socket',
    });
  });

  it('does not take what is no socket out of the way', async () => {
    const path = join(temporaryFolder({}), 'own', 'd.sock');
    mkdirSync(join(path, '..'), { mode: 0o700 });
    writeFileSync(path, 'mine');
    await expect(start(path)).rejects.toMatchObject({ code: 'unsafe_socket' });
    expect(statSync(path).isFile()).toBe(true);
  });

  it('X3 leaves no socket behind when it stops', async () => {
    const path = join(temporaryFolder({}), 'own', 'd.sock');
    const stop = await start(path);
    await stop();
    expect(() => statSync(path)).toThrow('ENOENT');
    await new Promise<void>((resolve) => {
      const again = createServer().listen(path, () => again.close(() => resolve()));
    });
  });
});
