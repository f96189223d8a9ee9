import { randomUUID } from 'node:crypto';
import { RefusedError } from '../../contracts/failure.ts';
import type { BucketObjects, Condition, EtagForm } from './bucketObjects.ts';
import { isConflict, statusOf } from './s3Failure.ts';

/**
 * Tries out, on an object of its own, whether the store writes only when a condition is met: one that ignores conditions
 * would lose changes when two write. Rejects with RefusedError when it does not, and with the error of the SDK.
 */
export async function probeConditions(
  objects: BucketObjects,
  place: { readonly where: string; readonly key: string; readonly form: EtagForm },
  signal: AbortSignal,
): Promise<void> {
  const key = `${place.key}.probe-${randomUUID()}`;
  const write = (text: string, condition: Condition) => objects.put(key, Buffer.from(text), condition, signal);
  const isRefused = async (text: string, condition: Condition) => {
    try {
      await write(text, condition);
      return false;
    } catch (failure) {
      if (isConflict(failure) || statusOf(failure) === 404) return true;
      throw failure;
    }
  };
  const refuse = (reason: string) => new RefusedError(place.where, reason);

  try {
    const etag = await write('1', 'absent');
    const ignored = 'it ignores If-None-Match or If-Match, so that two writers would lose changes; use another store';
    if (!(await isRefused('2', 'absent'))) throw refuse(ignored);
    if (!(await isRefused('3', { etag: '0'.repeat(32) }))) throw refuse(ignored);
    if (await isRefused('4', { etag })) {
      const other = place.form === 'quoted' ? 'bare' : 'quoted';
      throw refuse(`it does not know ETags that are written ${place.form}; set etag to '${other}'`);
    }
  } finally {
    await objects.remove(key, signal).catch(() => undefined); // a small object is left, which nobody reads
  }
}
