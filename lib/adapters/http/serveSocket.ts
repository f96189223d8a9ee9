import { chmod, lstat, mkdir, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import type { ServeLimits } from './createLimitedServer.ts';
import { createWebServer, type WebApp, type WebServer } from './createWebServer.ts';
import { SocketInUseError, UnsafeSocketError } from './socketFailure.ts';

/** How {@link serveSocket} answers. */
export interface ServeSocketOptions {
  readonly limits?: ServeLimits | undefined;
  /** Takes what went wrong inside, which no client is told. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

/** The longest path that a socket can have everywhere. */
const MAX_PATH = 100;

/**
 * Serves a web app to programs of this user alone: on a socket in the file system, in a folder that only this user may
 * enter. A socket that nobody listens to any more is replaced.
 *
 * Rejects with SocketInUseError when somebody does, and with UnsafeSocketError for a folder that others have a part in.
 */
export async function serveSocket(
  app: WebApp,
  path: string,
  options: ServeSocketOptions = {},
): Promise<Pick<WebServer, 'stop'>> {
  const { limits = {}, onError = () => undefined } = options;
  if (Buffer.byteLength(path) > MAX_PATH) {
    throw new UnsafeSocketError(path, `its path has more than ${MAX_PATH} bytes: choose a shorter one`);
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await checkPrivate(path);
  const web = createWebServer(app, { hostname: 'localhost', guard: () => undefined, limits, onError });
  await listening(web.server, path).catch(async (failure: unknown) => {
    if (!hasCode(failure, 'EADDRINUSE')) throw failure;
    if (!(await lstat(path)).isSocket()) throw new UnsafeSocketError(path, 'there is something else at its path');
    if (await isAnswered(path)) throw new SocketInUseError(path);
    await unlink(path);
    await listening(web.server, path);
  });
  await chmod(path, 0o600);
  web.server.on('error', onError);
  return web;
}

/** Rejects with UnsafeSocketError unless the folder of a socket is this user's, and nobody else's. Missing: so be it. */
export async function checkPrivate(path: string): Promise<void> {
  const folder = dirname(path);
  const found = await lstat(folder).catch((failure: unknown) => {
    if (hasCode(failure, 'ENOENT')) return undefined;
    throw failure;
  });
  if (!found) return;
  if (!found.isDirectory()) throw new UnsafeSocketError(path, `${folder} is not a folder`);
  if (process.getuid && found.uid !== process.getuid()) {
    throw new UnsafeSocketError(path, `${folder} belongs to another user`);
  }
  if ((found.mode & 0o077) !== 0) throw new UnsafeSocketError(path, `others may enter ${folder}: chmod 700 it`);
}

/** Whether somebody listens. */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (failure) => resolve(!['ECONNREFUSED', 'ENOENT'].some((code) => hasCode(failure, code))));
  });
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function hasCode(failure: unknown, code: string): boolean {
  return failure instanceof Error && 'code' in failure && failure.code === code;
}
