import { fingerprint } from '../../boundary/fingerprint.ts';

/** Tells commands apart that have the same id: `data` as `wireData` gives it. */
export function commandDigest(command: string, data: string | undefined): string {
  return fingerprint(`${command} ${data ?? ''}`);
}
