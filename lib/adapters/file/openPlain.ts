import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { systemCode } from '../../boundary/fileFailure.ts';
import { UnreachableError } from '../../contracts/failure.ts';

/** Opening a pipe would wait for its other end, for ever. */
const CAREFULLY = constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens a file that is no link, no pipe and no device. Its flags are those of `node:fs`' constants. */
export async function openPlain(path: string, flags: number): Promise<FileHandle> {
  const file = await open(path, flags | CAREFULLY, 0o600).catch((cause: unknown) => {
    if (systemCode(cause) !== 'ELOOP') throw cause;
    throw new UnreachableError(path, 'it is a symbolic link, which is not followed', { cause });
  });
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new UnreachableError(path, 'it is not a file');
}
