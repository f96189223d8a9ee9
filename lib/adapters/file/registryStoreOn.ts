import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { defer } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { fileFailure, isAbsent, systemCode } from '../../boundary/fileFailure.ts';
import { isDamage, readRegistry, writeRegistry, type Steps } from '../../boundary/registryDocument.ts';
import { TooLargeError } from '../../boundary/tooLargeError.ts';
import { FormatError, UnreachableError } from '../../contracts/failure.ts';
import type { RegistrySnapshot } from '../../contracts/registration.ts';
import { StoreConflictError, type RegistryStore, type StoredRegistry } from '../../contracts/registryStore.ts';
import { createTurns } from './createTurns.ts';
import { openPlain } from './openPlain.ts';
import {
  addGeneration,
  generationPath,
  generationsOf,
  removeLeftovers,
  removeOlder,
  type WritingFiles,
} from './registryGenerations.ts';

const TURN = 'registry';
const MOST_LOOKS = 5; // at a folder whose states are removed while they are read

/** The store of `fileRegistryStore`, on files that specs can let fail. */
export function registryStoreOn(
  options: { readonly folder: string; readonly maxBytes?: number | undefined },
  files: WritingFiles,
): RegistryStore {
  const { maxBytes = 128 * 1024 ** 2 } = options;
  if (options.folder === '') throw new OptionError('folder', 'the path of a folder', options.folder);
  if (!(maxBytes > 0)) throw new OptionError('maxBytes', 'more than 0 bytes', maxBytes);
  const folder = resolve(options.folder);
  const inTurn = createTurns();
  let isClean = false; // of leftovers
  let whole: { readonly revision: string; readonly generation: number } | undefined; // read or written here last

  const load = async (look = 1): Promise<StoredRegistry> => {
    const names = await namesIn(folder, files);
    if (!isClean) await removeLeftovers(folder, names, files);
    isClean = true;
    const generations = generationsOf(names);
    if (generations.length === 0) return { snapshot: { registrations: [], tombstones: [] }, revision: undefined };
    const damage: Error[] = [];
    for (const generation of generations) {
      try {
        const snapshot = await read(generationPath(folder, generation), maxBytes);
        const revision = String(generations[0]);
        whole = { revision, generation };
        return { snapshot, revision, ...(damage.length > 0 ? { damage } : {}) };
      } catch (failure) {
        if (isAbsent(failure) && look < MOST_LOOKS) return load(look + 1); // there is a newer one meanwhile
        if (!isDamage(failure)) throw failure;
        damage.push(failure);
      }
    }
    throw new UnreachableError(folder, 'no state in it is whole', { cause: damage[0] });
  };

  const save = async (snapshot: RegistrySnapshot, revision: string | undefined): Promise<string> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const newest = async () => generationsOf(await files.readdir(folder))[0];
    const before = await newest();
    if (before === undefined ? revision !== undefined : revision !== String(before))
      throw new StoreConflictError(folder);
    const latest = (before ?? 0) + 1;
    await addGeneration(folder, latest, limited(writeRegistry(snapshot, createHash('sha256')), maxBytes), files);
    if ((await newest()) !== latest) throw new StoreConflictError(folder); // others were two states ahead
    const kept = whole?.revision === revision ? whole?.generation : before;
    await removeOlder(folder, { latest, kept }, files).catch(() => undefined); // it is saved; later, then
    whole = { revision: String(latest), generation: latest };
    return whole.revision;
  };

  return {
    name: folder,
    load: () => defer(() => inTurn(TURN, () => naming(folder, load()))),
    save: (snapshot, revision) => defer(() => inTurn(TURN, () => naming(folder, save(snapshot, revision)))),
  };
}

async function namesIn(folder: string, files: WritingFiles): Promise<readonly string[]> {
  return files.readdir(folder).catch((failure: unknown) => {
    if (systemCode(failure) === 'ENOENT') return [];
    throw failure;
  });
}

async function read(path: string, maxBytes: number): Promise<RegistrySnapshot> {
  const file = await openPlain(path, constants.O_RDONLY).catch((failure: unknown) => {
    if (!(failure instanceof UnreachableError)) throw failure;
    throw new FormatError(path, 1, 'it is no plain file', { cause: failure });
  });
  try {
    if ((await file.stat()).size > maxBytes) throw new TooLargeError(path, maxBytes);
    return await allSteps(readRegistry(path, await file.readFile(), createHash('sha256')));
  } finally {
    await file.close();
  }
}

async function allSteps<T>(steps: Steps<T>): Promise<T> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await setImmediate();
  }
}

function* limited(pieces: Iterable<string>, maxBytes: number): Generator<string> {
  let bytes = 0;
  for (const piece of pieces) {
    bytes += Buffer.byteLength(piece);
    if (bytes > maxBytes) throw new TooLargeError('the registry', maxBytes);
    yield piece;
  }
}

async function naming<T>(path: string, work: Promise<T>): Promise<T> {
  return work.catch((failure: unknown) => {
    throw fileFailure(path, failure);
  });
}
