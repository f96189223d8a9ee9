import { constants } from 'node:fs';
import { rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openPlain } from './openPlain.ts';
import { flushFolder } from './replaceFile.ts';

/** How far {@link appendLines} came. */
export interface Appended {
  /** How many lines are on the disk. */
  readonly written: number;
  /** Why it were not all. */
  readonly failure?: unknown;
}

const APPEND = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
const LF = 0x0a;

/** Appends lines to a file and flushes it. A file that would grow beyond `maxBytes` is renamed first, to `<path>.1`. */
export async function appendLines(path: string, lines: readonly Buffer[], maxBytes: number): Promise<Appended> {
  let written = 0;
  try {
    while (written < lines.length) {
      const count = await appendSome(path, lines.slice(written), maxBytes);
      if (count === 0) await rename(path, `${path}.1`);
      written += count;
    }
    return { written };
  } catch (failure) {
    return { written, failure };
  }
}

/** Appends as many lines as there is room for, and says how many. */
async function appendSome(path: string, lines: readonly Buffer[], maxBytes: number): Promise<number> {
  const file = await openPlain(path, APPEND);
  try {
    const { size } = await file.stat();
    const chunk = (await isTorn(file, size)) ? ['\n'] : [];
    let room = maxBytes - size - chunk.length;
    const fitting = lines.filter(({ length }) => (room -= length) >= 0); // lines after one that does not fit do not either
    if (fitting.length === 0) return 0;

    await append(file, Buffer.concat([Buffer.from(chunk.join('')), ...fitting]), size);
    if (size === 0) await flushFolder(dirname(path));
    return fitting.length;
  } finally {
    await file.close();
  }
}

/** All of it, or none: half a line would be taken for one. */
async function append(file: FileHandle, bytes: Buffer, size: number): Promise<void> {
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } catch (failure) {
    await file.truncate(size).catch(() => undefined); // what is torn is ended before the next line
    throw failure;
  }
}

/** Whether the last line was left without its end, by a crash. */
async function isTorn(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== LF;
}
