import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../boundary/fileFailure.ts';

/** Ends the name of a file that is being written. */
export const TEMPORARY = '.tmp';

/** What file systems answer that cannot flush a folder. */
const UNABLE = new Set(['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP']);

/**
 * Puts a text where a file is, or is not yet: after a crash at any moment there is the old content or the new one, and
 * never a mix. What is written through is never a symbolic link: one in the place of the file is replaced, and so is one
 * in the place of the temporary file beside it.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = path + TEMPORARY;
  await rm(temporary, { force: true });
  try {
    const file = await open(temporary, 'wx', 0o600); // fails where anything has come up meanwhile
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (failure) {
    await rm(temporary, { force: true }).catch(() => undefined); // the next attempt removes it
    throw failure;
  }
  await flushFolder(dirname(path));
}

/** Makes sure that what became of the names in a folder outlives a power failure. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(ignoreUnable);
  try {
    await folder?.sync().catch(ignoreUnable);
  } finally {
    await folder?.close();
  }
}

function ignoreUnable(failure: unknown): undefined {
  if (!UNABLE.has(systemCode(failure) ?? '')) throw failure;
}
