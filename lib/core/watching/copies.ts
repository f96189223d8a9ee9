import type { Registration, Tombstone } from '../../contracts/registration.ts';

/** What is kept of an id. */
export type Copy = Registration | Tombstone;

/** A change that is not saved yet. */
export interface Unsaved {
  /** Which change of the registry it was. */
  readonly at: number;
  /** Who made it: the owner, an administrator for everybody, or too many failures. */
  readonly by: 'owner' | 'flush' | 'failures';
  /** Whose registration it is about. */
  readonly owner: string;
}

/** What two copies of an id come to. */
export interface MergedCopy {
  readonly kept: Copy;
  /** A registration that must give way, though its owner may count on it. */
  readonly lost?: Registration | undefined;
}

/** Whether an id is registered by it. */
export function isRegistration(copy: Copy): copy is Registration {
  return !('removeTime' in copy);
}

/**
 * What is kept of an id when another observer has changed the store. The later version wins; of one version a removal, and
 * then the later health. A change that is not saved yet goes on top of theirs, as if it had been made on what they saved:
 * unless the id is somebody else's by now, or it was made by failures of a version that is gone.
 */
export function mergeCopies(mine: Copy, theirs: Copy, unsaved: Unsaved | undefined): MergedCopy {
  const isBehind = mine.version <= theirs.version && !isSame(mine, theirs);
  if (unsaved && isBehind) return onTop(mine, theirs, unsaved);
  if (mine.version !== theirs.version) return { kept: mine.version > theirs.version ? mine : theirs };
  if (!isRegistration(mine)) return { kept: mine };
  if (!isRegistration(theirs)) return { kept: theirs };
  return { kept: isHealthNewer(theirs, mine) ? theirs : mine };
}

/** Whether both are the same version of the same content; its health may differ. */
export function isSame(a: Copy, b: Copy): boolean {
  if (a.version !== b.version || isRegistration(a) !== isRegistration(b)) return false;
  return !isRegistration(a) || !isRegistration(b) || (isAlike(a, b) && a.updateTime === b.updateTime);
}

/** Whether both are of the same owner and want the same. */
export function isAlike(a: Content, b: Content): boolean {
  return (
    a.owner === b.owner &&
    a.manager === b.manager &&
    a.queue === b.queue &&
    a.notify === b.notify &&
    (a.minDepth ?? 1) === (b.minDepth ?? 1) &&
    (a.minGapMs ?? 0) === (b.minGapMs ?? 0)
  );
}

type Content = Pick<Registration, 'owner' | 'manager' | 'queue' | 'notify' | 'minDepth' | 'minGapMs'>;

function onTop(mine: Copy, theirs: Copy, { by, owner }: Unsaved): MergedCopy {
  const isForeign = by !== 'flush' && isRegistration(theirs) && theirs.owner !== owner;
  if (isForeign) return { kept: theirs, lost: isRegistration(mine) ? mine : undefined };
  if (by === 'failures') return { kept: theirs };
  return { kept: { ...mine, version: theirs.version + 1 } };
}

/** Of two that counted as many changes, the one that is left alone for longer. */
function isHealthNewer(a: Registration, b: Registration): boolean {
  if (a.healthVersion !== b.healthVersion) return a.healthVersion > b.healthVersion;
  const [until, other] = [a, b].map(({ quarantinedUntil = -Infinity }) => quarantinedUntil);
  return until === other ? a.failures > b.failures : until! > other!;
}
