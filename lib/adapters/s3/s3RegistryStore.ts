import { randomUUID } from 'node:crypto';
import { catchError, defer, throwError, timeout, type Observable } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { fromAbortable } from '../../boundary/fromAbortable.ts';
import { isDamage } from '../../boundary/registryDocument.ts';
import { UnreachableError } from '../../contracts/failure.ts';
import type { RegistrySnapshot } from '../../contracts/registration.ts';
import type { RegistryStore, StoredRegistry } from '../../contracts/registryStore.ts';
import { DeadlineError } from '../../contracts/sourceFailure.ts';
import { bucketObjects, type EtagForm } from './bucketObjects.ts';
import { createS3Client, type S3Access } from './createS3Client.ts';
import { probeConditions } from './probeConditions.ts';
import { fromObject, toObject } from './registryObject.ts';
import { s3Failure } from './s3Failure.ts';
import { writeOnce } from './writeOnce.ts';

/** Where {@link s3RegistryStore} keeps registrations. */
export interface S3RegistryStoreOptions extends S3Access {
  /** Made where there is none. */
  readonly bucket: string;
  /** Default: `rxfan/registry`. Objects whose names begin so belong to the store. */
  readonly key?: string | undefined;
  /** How ETags are written in conditions. `bare` for old versions of Ceph. Default: `quoted`. */
  readonly etag?: EtagForm | undefined;
  /** Largest object, in bytes. Default: 128 MiB. */
  readonly maxBytes?: number | undefined;
  /** Longest time for a load or a save, in ms, with all that it takes. Default: 60 000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Keeps registrations in an object of S3, or of IBM Cloud Object Storage. Several processes may share it: each write has the
 * condition that the object is still the one that was read, and at the first use the store is tried out, so that one that
 * ignores conditions is refused. The state before the last one is kept beside, and taken, with a report, when the last
 * one is not as it was written.
 *
 * @example
 * const store = s3RegistryStore({ endpoint, bucket: 'observer', credentials: { kind: 'iam', apikey } });
 */
export function s3RegistryStore(options: S3RegistryStoreOptions): RegistryStore {
  const {
    bucket,
    key = 'rxfan/registry',
    etag: form = 'quoted',
    maxBytes = 128 * 1024 ** 2,
    timeoutMs = 60_000,
  } = options;
  if (bucket === '') throw new OptionError('bucket', 'the name of a bucket', bucket);
  if (key === '') throw new OptionError('key', 'the name of an object', key);
  if (!(maxBytes > 0)) throw new OptionError('maxBytes', 'more than 0 bytes', maxBytes);
  if (!(timeoutMs > 0)) throw new OptionError('timeoutMs', 'more than 0 ms', timeoutMs);
  const where = `s3:${bucket}/${key}`;
  const previous = `${key}.previous`;
  const objects = bucketObjects(createS3Client(options, timeoutMs), bucket, form);
  let isReady = false;
  let whole: string | undefined; // the revision that was read or written here last, and was as it should be

  const prepare = async (signal: AbortSignal) => {
    if (isReady) return;
    await objects.prepare(signal);
    await probeConditions(objects, { where, key, form }, signal);
    isReady = true;
  };
  const load = async (signal: AbortSignal): Promise<StoredRegistry> => {
    await prepare(signal);
    const found = await objects.get(key, maxBytes, signal);
    if (!found) return { snapshot: { registrations: [], tombstones: [] }, revision: undefined };
    try {
      const { snapshot } = fromObject(where, found.bytes);
      whole = found.etag;
      return { snapshot, revision: found.etag };
    } catch (damage) {
      if (!isDamage(damage)) throw damage;
      const before = await objects.get(previous, maxBytes, signal);
      if (!before)
        throw new UnreachableError(where, 'it is not as it was written, and there is none before', { cause: damage });
      return {
        snapshot: fromObject(`${where}.previous`, before.bytes).snapshot,
        revision: found.etag,
        damage: [damage],
      };
    }
  };
  const save = async (
    snapshot: RegistrySnapshot,
    revision: string | undefined,
    signal: AbortSignal,
  ): Promise<string> => {
    const savedBy = randomUUID();
    const bytes = toObject({ snapshot, savedBy }, maxBytes);
    await prepare(signal);
    if (revision !== undefined && whole === revision) await keepBefore(revision, signal);
    whole = await writeOnce({
      write: () => objects.put(key, bytes, revision === undefined ? 'absent' : { etag: revision }, signal),
      find: async () => {
        const found = await objects.get(key, maxBytes, signal);
        return found && { etag: found.etag, isOurs: isSavedBy(savedBy, found.bytes) };
      },
      before: revision,
      where,
      signal,
    });
    return whole;
  };
  /** Saving goes before having something to fall back on: a store that cannot copy keeps one state. */
  const keepBefore = async (revision: string, signal: AbortSignal) => {
    await objects.copy(key, previous, revision, signal).catch(() => undefined);
    signal.throwIfAborted();
  };
  return {
    name: where,
    load: () => defer(() => within(load)),
    save: (snapshot, revision) => defer(() => within((signal) => save(snapshot, revision, signal))),
  };

  function within<T>(work: (signal: AbortSignal) => Promise<T>): Observable<T> {
    const late = () =>
      new UnreachableError(where, `not done within ${timeoutMs} ms`, { cause: new DeadlineError(timeoutMs) });
    return fromAbortable(work).pipe(
      timeout({ first: timeoutMs, with: () => throwError(late) }),
      catchError((failure: unknown) => throwError(() => s3Failure(where, failure))),
    );
  }
}

function isSavedBy(savedBy: string, bytes: Uint8Array): boolean {
  try {
    return fromObject('', bytes).savedBy === savedBy;
  } catch {
    return false;
  }
}
