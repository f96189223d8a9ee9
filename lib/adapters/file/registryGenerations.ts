import { randomUUID } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../boundary/fileFailure.ts';
import { StoreConflictError } from '../../contracts/registryStore.ts';
import { flushFolder, TEMPORARY } from './replaceFile.ts';

/** What of `node:fs/promises` writes. */
export interface WritingFiles {
  open(path: string, flags: string, mode: number): Promise<Pick<FileHandle, 'write' | 'sync' | 'close'>>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { readonly force: true }): Promise<void>;
  readdir(folder: string): Promise<readonly string[]>;
}

const GENERATION = /^registry\.(\d{1,15})$/;
const DAMAGED = 'registry.damaged';

/** What another writer has done meanwhile: the name is taken, or our temporary file was taken for a leftover. */
const OVERTAKEN = new Set(['EEXIST', 'ENOENT']);

/** The path of a state. */
export function generationPath(folder: string, generation: number): string {
  return join(folder, `registry.${generation}`);
}

/** The states in a folder, the newest first. */
export function generationsOf(names: readonly string[]): readonly number[] {
  const found = names.flatMap((name) => GENERATION.exec(name)?.[1] ?? []).map(Number);
  return found.sort((a, b) => b - a);
}

/** Removes what a crash has left. Another writer whose file that was tries again. */
export async function removeLeftovers(folder: string, names: readonly string[], files: WritingFiles): Promise<void> {
  const leftovers = names.filter((name) => name.startsWith('registry.') && name.endsWith(TEMPORARY));
  await Promise.all(leftovers.map((name) => files.rm(join(folder, name), { force: true })));
}

/**
 * Adds a state, whole and for good, or throws StoreConflictError when there is one of that number already. A link, and no
 * rename: that would replace in silence what another writer has put there, or follow what somebody has.
 */
export async function addGeneration(
  folder: string,
  generation: number,
  pieces: Iterable<string>,
  files: WritingFiles,
): Promise<void> {
  const path = generationPath(folder, generation);
  const temporary = `${path}.${randomUUID()}${TEMPORARY}`;
  const file = await files.open(temporary, 'wx', 0o600);
  try {
    try {
      for (const piece of pieces) await writeAll(file, piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await files.link(temporary, path).catch((cause: unknown) => {
      throw OVERTAKEN.has(systemCode(cause) ?? '') ? new StoreConflictError(path, { cause }) : cause;
    });
  } finally {
    await files.rm(temporary, { force: true }).catch(() => undefined); // the next start removes it
  }
  await flushFolder(folder);
}

/** Removes the states before `kept`. What is newer than that and older than `latest` is not whole: the last is set aside. */
export async function removeOlder(
  folder: string,
  { latest, kept }: { readonly latest: number; readonly kept: number | undefined },
  files: WritingFiles,
): Promise<void> {
  const older = generationsOf(await files.readdir(folder)).filter((one) => one < latest && one !== kept);
  const damaged = kept === undefined ? undefined : older.find((one) => one > kept);
  for (const one of older) {
    const path = generationPath(folder, one);
    if (one === damaged) await files.rename(path, join(folder, DAMAGED));
    else await files.rm(path, { force: true });
  }
}

async function writeAll(file: Pick<FileHandle, 'write'>, piece: string): Promise<void> {
  const bytes = Buffer.from(piece);
  let written = 0;
  while (written < bytes.length) written += (await file.write(bytes, written)).bytesWritten;
}
