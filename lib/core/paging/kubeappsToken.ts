import { isCount } from '../../boundary/jsonToken.ts';
import { InvalidPageTokenError } from '../../contracts/pageTokenFailure.ts';
import type { Position, WalkState } from './walkState.ts';

const SKIPPED_AT_ONCE = 1_000;

/**
 * Reads a token as Kubeapps gives them out: JSON of plugin name -> offset of its next item, -1 when it is exhausted, a
 * missing plugin at the start. The items before the offset are read and skipped, since an offset is no upstream token.
 */
export function readKubeappsToken(token: string, sources: readonly string[]): WalkState {
  const offsets = parsed(token);
  return {
    positions: sources.map((source): Position => {
      const offset = offsets.get(source) ?? 0;
      if (offset === -1) return { kind: 'done' };
      return offset === 0
        ? { kind: 'start' }
        : { kind: 'at', token: undefined, size: Math.min(offset, SKIPPED_AT_ONCE), taken: offset, mark: undefined };
    }),
  };
}

function parsed(token: string): ReadonlyMap<string, number> {
  let value: unknown;
  try {
    value = JSON.parse(token);
  } catch (cause) {
    throw new InvalidPageTokenError({ cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InvalidPageTokenError();
  const offsets = new Map<string, unknown>(Object.entries(value));
  for (const offset of offsets.values()) if (offset !== -1 && !isCount(offset)) throw new InvalidPageTokenError();
  return offsets as ReadonlyMap<string, number>;
}
