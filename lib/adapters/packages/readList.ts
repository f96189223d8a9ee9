import { spawn } from 'node:child_process';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { UnreachableError } from '../../contracts/failure.ts';
import { atMost, readChunks, type ReadOptions } from './readFile.ts';
import { UnpackError } from './unpackError.ts';

/** Part of apt, so that it is there wherever apt keeps lists, and reads whatever apt writes. */
const HELPER = '/usr/lib/apt/apt-helper';

/** Reads a package list, unpacked: plain and gzip here, everything else (lz4, xz, zstd) through apt's own helper. */
export async function* readList(path: string, options: ReadOptions): AsyncGenerator<Buffer> {
  if (path.endsWith('_Packages')) yield* readChunks(path, options);
  else yield* atMost(options.maxBytes, path, path.endsWith('.gz') ? gunzipped(path, options) : helped(path, options));
}

async function* gunzipped(path: string, options: ReadOptions): AsyncGenerator<Buffer> {
  const packed = readChunks(path, options);
  try {
    yield* pipeline(packed, createGunzip(), () => undefined) as AsyncIterable<Buffer>;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))) throw error;
    throw new UnpackError(`it is not gzip to its end (${String(error)})`, { cause: error });
  }
}

async function* helped(path: string, { signal }: ReadOptions): AsyncGenerator<Buffer> {
  signal.throwIfAborted();
  const helper = spawn(HELPER, ['cat-file', path], { stdio: ['ignore', 'pipe', 'pipe'], signal });
  const ended = new Promise<unknown>((resolve) => helper.on('error', resolve).on('close', resolve));
  let complaint = '';
  helper.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(0, 1_000)));

  try {
    yield* helper.stdout as AsyncIterable<Buffer>;
    const status = await ended;
    signal.throwIfAborted();
    if (status instanceof Error) throw new UnreachableError(path, `${HELPER}: ${status.message}`, { cause: status });
    if (status !== 0) throw new UnpackError(`it does not unpack to its end (${complaint.trim()})`);
  } finally {
    helper.kill();
  }
}
