import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { fileFailure, isAbsent } from '../../boundary/fileFailure.ts';
import { UnreachableError } from '../../contracts/failure.ts';
import { createLineSplitter } from './createLineSplitter.ts';

/** What {@link createTail} reads. */
export interface TailOptions {
  readonly path: string;
  readonly from: 'start' | 'end';
  readonly maxLineBytes: number;
  readonly onTooLong: () => void;
}

/** A place in a file that grows. */
export interface Tail {
  /** Gives every line that has come since the last time. Called again only when it has settled. */
  read(emit: (line: string) => void, isLeft: () => boolean): Promise<void>;
  /** Closes the file, once nobody reads it. */
  close(): void;
}

interface Place {
  readonly file: FileHandle;
  offset: number;
}

const CHUNK_BYTES = 65_536;
const LF = 0x0a;

/** Reads what is appended to a file, and goes on with the next file when another one has taken its name. */
export function createTail({ path, from, maxLineBytes, onTooLong }: TailOptions): Tail {
  let emitLine: (line: string) => void = () => undefined;
  const lines = createLineSplitter({ maxLineBytes, onTooLong, onLine: (line) => emitLine(line) });
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let place: Place | undefined;
  let isFirst = true;
  let isReading = false;
  let isClosed = false;

  const letGo = async (): Promise<void> => {
    const { file } = place ?? {};
    place = undefined;
    await file?.close();
  };

  /** Only a file that was there from the beginning is begun at its end. */
  const begin = async (): Promise<Place | undefined> => {
    const file = await openIfThere(path);
    const fromEnd = isFirst && from === 'end';
    isFirst = false;
    if (!file) return undefined;
    const begun: Place = { file, offset: 0 };
    place = begun; // from here on it is closed in whatever way this ends
    if (fromEnd) begun.offset = (await file.stat()).size;
    if (begun.offset > 0) {
      const { buffer: last } = await file.read(Buffer.alloc(1), 0, 1, begun.offset - 1);
      if (last[0] !== LF) lines.skip(); // its last line has begun without us
    }
    return begun;
  };

  const readOn = async (at: Place, isLeft: () => boolean): Promise<void> => {
    if ((await at.file.stat()).size < at.offset) {
      lines.flush();
      at.offset = 0;
    }
    while (!isLeft()) {
      const { bytesRead } = await at.file.read(buffer, 0, CHUNK_BYTES, at.offset);
      if (bytesRead === 0) return;
      at.offset += bytesRead;
      lines.push(buffer.subarray(0, bytesRead));
    }
  };

  const look = async (isLeft: () => boolean): Promise<void> => {
    const old = place ?? (await begin());
    if (!old) return;
    await readOn(old, isLeft);
    if (isLeft() || !(await isReplaced(path, old.file))) return;
    await readOn(old, isLeft); // what came before the name was given away
    lines.flush();
    await letGo();
    const next = await begin();
    if (next) await readOn(next, isLeft);
  };

  return {
    async read(emit, isLeft) {
      emitLine = emit;
      isReading = true;
      try {
        await look(() => isClosed || isLeft());
      } catch (failure) {
        throw fileFailure(path, failure);
      } finally {
        isReading = false;
        if (isClosed) await letGo();
      }
    },
    close() {
      isClosed = true;
      if (!isReading) void letGo().catch(() => undefined); // nobody is left to tell
    },
  };
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK); // a pipe would wait for its writer
    if ((await file.stat()).isFile()) return file;
    await file.close();
  } catch (failure) {
    if (isAbsent(failure)) return undefined;
    throw failure;
  }
  throw new UnreachableError(path, 'it is not a file');
}

/** Whether the name belongs to another file by now. While it belongs to none, the old one may still grow. */
async function isReplaced(path: string, file: FileHandle): Promise<boolean> {
  const ours = await file.stat({ bigint: true });
  try {
    const named = await stat(path, { bigint: true });
    return named.ino !== ours.ino || named.dev !== ours.dev;
  } catch (failure) {
    if (isAbsent(failure)) return false;
    throw failure;
  }
}
