import { lstat, mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FolderTakenError } from './folderTakenError.ts';
import type { StarterFile } from './starterFiles.ts';

/**
 * Writes files into a folder that is new or empty: all of them, or none. What is there already is never touched: rejects
 * with a FolderTakenError.
 */
export async function writeFolder(folder: string, files: readonly StarterFile[]): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  try {
    if (await isMade(folder)) undo.push(() => rmdir(folder));
    else await checkEmpty(folder);

    const below = new Set(files.map(({ path }) => dirname(path)).filter((path) => path !== '.'));
    for (const path of below) {
      await mkdir(join(folder, path));
      undo.push(() => rmdir(join(folder, path)));
    }
    for (const { path, text } of files) {
      const file = await open(join(folder, path), 'wx');
      undo.push(() => rm(join(folder, path)));
      await file.writeFile(text).finally(() => file.close());
    }
  } catch (failure) {
    for (const step of undo.reverse()) await step().catch(() => undefined); // others may have put something there
    // Somebody else has begun to write here.
    throw isCode(failure, 'EEXIST') ? new FolderTakenError(folder, [basename(failure.path ?? '')]) : failure;
  }
}

/** False where there is something of that name. */
async function isMade(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return true;
  } catch (failure) {
    if (isCode(failure, 'EEXIST')) return false;
    throw failure;
  }
}

async function checkEmpty(folder: string): Promise<void> {
  // A link is no folder here: what is written should be where it was said to be.
  if (!(await lstat(folder)).isDirectory()) throw new FolderTakenError(folder);
  const entries = await readdir(folder);
  if (entries.length > 0) throw new FolderTakenError(folder, entries.sort());
}

function isCode(failure: unknown, code: string): failure is NodeJS.ErrnoException {
  return failure instanceof Error && 'code' in failure && failure.code === code;
}
