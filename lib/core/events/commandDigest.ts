import { canonicalJson } from '../../boundary/canonicalJson.ts';
import { fingerprint } from '../../boundary/fingerprint.ts';

/** Tells commands apart that have the same id: `data` as it is on the wire. */
export function commandDigest(command: string, data: unknown): string {
  return fingerprint(canonicalJson([command, data ?? null]));
}
