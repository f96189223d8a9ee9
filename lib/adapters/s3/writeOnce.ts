import { RefusedError, UnreachableError } from '../../contracts/failure.ts';
import { StoreConflictError } from '../../contracts/registryStore.ts';
import { isConflict, s3Failure, statusOf } from './s3Failure.ts';

/** A write under a condition, and what is there after it. */
export interface ConditionalWrite {
  /** Writes in place of `before`. Gives the ETag. */
  readonly write: () => Promise<string>;
  /** What is there now, and whether this write has put it there; undefined: nothing. */
  readonly find: () => Promise<{ readonly etag: string; readonly isOurs: boolean } | undefined>;
  /** The ETag of what is replaced; undefined: there is nothing. */
  readonly before: string | undefined;
  readonly where: string;
  readonly signal: AbortSignal;
}

/** How often it is tried. */
const TRIES = 4;

/**
 * Writes, and gives the ETag of what was written. When an answer fails to come, or says that the store failed, the write may
 * have taken effect all the same: it is tried again only after a look that shows the state before it. Rejects with
 * StoreConflictError when another writer was faster, and with UnreachableError when it is not known what became of it.
 */
export async function writeOnce({ write, find, before, where, signal }: ConditionalWrite): Promise<string> {
  for (let tries = 1; ; tries++) {
    const outcome = await write().catch((failure: unknown) => ({ failure }));
    if (typeof outcome === 'string') return outcome;
    const { failure } = outcome;
    signal.throwIfAborted();
    const isRefused = isConflict(failure) || (statusOf(failure) === 404 && before !== undefined);
    const mapped = s3Failure(where, failure);
    if (isRefused && tries === 1) throw new StoreConflictError(where);
    if (!isRefused && mapped instanceof RefusedError) throw mapped;

    // Another writer, or an earlier try of this one whose answer was lost.
    const found = await find().catch(() => {
      throw new UnreachableError(where, `it is not known whether it was saved: ${mapped.message}`, { cause: mapped });
    });
    if (found?.isOurs === true) return found.etag;
    if (isRefused || found?.etag !== before) throw new StoreConflictError(where);
    if (tries >= TRIES) throw mapped;
  }
}
