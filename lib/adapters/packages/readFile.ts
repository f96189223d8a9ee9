import { createReadStream } from 'node:fs';
import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { fileFailure } from '../../boundary/fileFailure.ts';
import { TooLargeError } from '../../boundary/tooLargeError.ts';
import { UnreachableError } from '../../contracts/failure.ts';

/** How much is read, and until when. */
export interface ReadOptions {
  /** More than this is a TooLargeError. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Reads a file in chunks. One that is missing or forbidden is an UnreachableError. */
export async function* readChunks(path: string, { maxBytes, signal }: ReadOptions): AsyncGenerator<Buffer> {
  try {
    await ensureFile(path);
    yield* atMost(maxBytes, path, createReadStream(path, { signal, highWaterMark: 256 * 1024 }));
  } catch (error) {
    throw fileFailure(path, error);
  }
}

/** Reads a whole file as text. */
export async function readText(path: string, maxBytes: number): Promise<string> {
  return opened(path, async (file) => {
    if ((await file.stat()).size > maxBytes) throw new TooLargeError(path, maxBytes);
    return file.readFile('utf8');
  });
}

/** Reads the first bytes of a file as text. */
export async function readHead(path: string, bytes: number): Promise<string> {
  return opened(path, async (file) => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString('utf8', 0, bytesRead);
  });
}

async function opened<A>(path: string, read: (file: FileHandle) => Promise<A>): Promise<A> {
  let file: FileHandle | undefined;
  try {
    await ensureFile(path);
    file = await open(path);
    return await read(file);
  } catch (error) {
    throw fileFailure(path, error);
  } finally {
    await file?.close();
  }
}

/** Passes chunks on, up to so many bytes. */
export async function* atMost(maxBytes: number, where: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TooLargeError(where, maxBytes);
    yield chunk;
  }
}

/** A text that changes whenever the file is replaced or written to. */
export async function fileVersion(path: string): Promise<string> {
  try {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true });
    return [mtimeNs, size, ino].join(':');
  } catch (error) {
    throw fileFailure(path, error);
  }
}

/** The names in a folder. */
export async function readFolder(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    throw fileFailure(path, error);
  }
}

/** Everything but a file is refused: opening a pipe would wait for a writer, for ever. */
async function ensureFile(path: string): Promise<void> {
  if (!(await stat(path)).isFile()) throw new UnreachableError(path, 'it is not a file');
}
