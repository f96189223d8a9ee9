import { fingerprint } from '../../boundary/fingerprint.ts';

/** 128 bits as a text: the same for the same parts. Hard to guess where one of them is. */
export function derivedId(...parts: readonly (string | number)[]): string {
  const text = JSON.stringify(parts);
  return fingerprint(text) + fingerprint(`${text} again`);
}
