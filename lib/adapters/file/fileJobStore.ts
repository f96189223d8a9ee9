import { constants } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { concat, concatMap, defer, EMPTY, from, ignoreElements, throwError, type Observable } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { fileFailure, isAbsent } from '../../boundary/fileFailure.ts';
import { TooLargeError } from '../../boundary/tooLargeError.ts';
import { DecodeError, UnreachableError } from '../../contracts/failure.ts';
import type { JobRecord, JobStore } from '../../contracts/jobStore.ts';
import { BrokenRecordsError, type BrokenRecord } from '../../contracts/jobStoreFailure.ts';
import { createTurns } from './createTurns.ts';
import { isJobFileName, jobFileName, readJobFile, writeJobFile } from './jobFile.ts';
import { openPlain } from './openPlain.ts';
import { flushFolder, replaceFile, TEMPORARY } from './replaceFile.ts';

/** Where {@link fileJobStore} keeps its records. */
export interface FileJobStoreOptions {
  /** Belongs to one store of one process. Made when the first record comes. */
  readonly folder: string;
  /** Largest file of a record, in bytes. Default: 1 MiB. */
  readonly maxBytes?: number | undefined;
}

/**
 * Keeps records of jobs in a folder: a file each, which only its owner may read, named after a digest of the token. A
 * record that was put outlives a crash at any later moment. A file that cannot be read, or is not as it was written, is
 * reported with its path and the reason, and left where it is.
 *
 * @example
 * const store = fileJobStore({ folder: '/var/lib/rxfan/jobs' });
 */
export function fileJobStore(options: FileJobStoreOptions): JobStore {
  const { maxBytes = 1024 ** 2 } = options;
  if (options.folder === '') throw new OptionError('folder', 'the path of a folder', options.folder);
  if (!(maxBytes > 0)) throw new OptionError('maxBytes', 'more than 0 bytes', maxBytes);
  const folder = resolve(options.folder);
  const inTurn = createTurns();

  return {
    put: (record) =>
      defer(() => {
        const text = writeJobFile(record);
        if (Buffer.byteLength(text) > maxBytes) throw new TooLargeError('the record of a job', maxBytes);
        return change(jobFileName(record.token), async (path) => {
          await mkdir(folder, { recursive: true, mode: 0o700 });
          await replaceFile(path, text);
        });
      }),
    remove: (token) => defer(() => change(jobFileName(token), removeFile)),
    list: () =>
      defer(() => {
        const broken: BrokenRecord[] = [];
        const records$ = from(namesIn(folder)).pipe(
          concatMap((names) => names),
          concatMap((name) => (name.endsWith(TEMPORARY) ? leftover(name) : read(name, broken))),
        );
        const outcome$ = defer(() => (broken.length === 0 ? EMPTY : throwError(() => new BrokenRecordsError(broken))));
        return concat(records$, outcome$);
      }),
  };

  function change(name: string, work: (path: string) => Promise<void>): Observable<never> {
    const path = join(folder, name);
    return from(inTurn(name, () => naming(path, work(path)))).pipe(ignoreElements());
  }

  /** A crash has left it, or its record is being written and it is gone when that is done. */
  function leftover(name: string): Observable<never> {
    const remove = () => rm(join(folder, name), { force: true });
    return defer(() => inTurn(name.slice(0, -TEMPORARY.length), remove)).pipe(ignoreElements());
  }

  function read(name: string, broken: BrokenRecord[]): Observable<JobRecord> {
    const where = join(folder, name);
    const attempt = async (): Promise<readonly JobRecord[]> => {
      try {
        if (!isJobFileName(name)) throw new UnreachableError(where, 'its name is not that of a record');
        return [readJobFile(where, name, await naming(where, readText(where, maxBytes)))];
      } catch (failure) {
        if (!isAbsent(failure)) broken.push({ where, reason: reasonOf(failure) }); // else it was removed meanwhile
        return [];
      }
    };
    return defer(attempt).pipe(concatMap((records) => records));
  }
}

/** The names in a folder; none where there is no folder. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (failure) {
    if (isAbsent(failure)) return [];
    throw fileFailure(folder, failure);
  }
}

async function removeFile(path: string): Promise<void> {
  try {
    await rm(path);
  } catch (failure) {
    if (isAbsent(failure)) return;
    throw failure;
  }
  await flushFolder(resolve(path, '..'));
}

async function readText(path: string, maxBytes: number): Promise<string> {
  const file = await openPlain(path, constants.O_RDONLY);
  try {
    if ((await file.stat()).size > maxBytes) throw new TooLargeError(path, maxBytes);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

async function naming<T>(path: string, work: Promise<T>): Promise<T> {
  return work.catch((failure: unknown) => {
    throw fileFailure(path, failure);
  });
}

function reasonOf(failure: unknown): string {
  if (failure instanceof DecodeError) return 'it is not the record of a job: ' + failure.message;
  return failure instanceof Error ? failure.message : String(failure);
}
