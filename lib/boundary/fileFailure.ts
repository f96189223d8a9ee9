import { UnreachableError } from '../contracts/failure.ts';

const REASONS: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'it does not exist',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ENOTDIR: 'it is not a directory',
  ELOOP: 'too many symbolic links',
  ENOSPC: 'the disk is full',
};

/** A failed operation on a file, as a failure that names it; every other error as it is. */
export function fileFailure(path: string, error: unknown): unknown {
  const code = systemCode(error);
  return code === undefined ? error : new UnreachableError(path, REASONS[code] ?? code, { cause: error });
}

/** Whether an operation failed because there is nothing at that path. */
export function isAbsent(error: unknown): boolean {
  const code = systemCode(error instanceof UnreachableError ? error.cause : error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The code of an error of the operating system, such as ENOENT. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}
