import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { OptionError } from '../../../operators/errors.ts';

/** A key that page tokens are sealed with. */
export interface SealingKey {
  /** Stands in each token, for all to see: 1 to 16 letters, digits, `-` or `_`. */
  readonly id: string;
  /** At least 16 characters, or at least 32 bytes, that nobody can guess. */
  readonly secret: string | Uint8Array;
  /** From then on its tokens are expired. Default: never. Not for the key that seals. */
  readonly acceptUntil?: Date | undefined;
}

/** Keys that have been checked and derived. */
export interface KeyRing {
  readonly sealing: { readonly id: string; readonly key: KeyObject };
  readonly known: ReadonlyMap<string, { readonly key: KeyObject; readonly acceptUntil: number }>;
  readonly retired: ReadonlySet<string>;
}

/** What an id of a key looks like. */
export const KEY_ID = /^[\w-]{1,16}$/;
/** Length of the shortest secret that is a text. */
export const MIN_SECRET_CHARS = 16;
const MIN_SECRET_BYTES = 32;

/** Checks the keys, and derives what is used of them. No error shows a secret. */
export function createKeyRing(keys: readonly SealingKey[], retiredKeyIds: readonly string[]): KeyRing {
  const [first] = keys;
  if (!first) throw new OptionError('keys.length', 'at least 1', 0);
  if (first.acceptUntil)
    throw new OptionError('keys[0].acceptUntil', 'absent, for the first key seals', first.acceptUntil);

  const known = new Map<string, { key: KeyObject; acceptUntil: number }>();
  keys.forEach(({ id, secret, acceptUntil }, i) => {
    checkId(`keys[${i}].id`, id);
    if (known.has(id)) throw new OptionError(`keys[${i}].id`, 'an id of its own', id);
    const until = acceptUntil ? acceptUntil.getTime() : Infinity;
    if (Number.isNaN(until)) throw new OptionError(`keys[${i}].acceptUntil`, 'a date', acceptUntil);
    known.set(id, { key: derived(secret, `keys[${i}].secret`), acceptUntil: until });
  });
  retiredKeyIds.forEach((id, i) => {
    checkId(`retiredKeyIds[${i}]`, id);
    if (known.has(id)) throw new OptionError(`retiredKeyIds[${i}]`, 'the id of a key that is gone', id);
  });

  return { sealing: { id: first.id, key: known.get(first.id)!.key }, known, retired: new Set(retiredKeyIds) };
}

function checkId(option: string, id: string): void {
  if (!KEY_ID.test(id)) throw new OptionError(option, '1 to 16 letters, digits, - or _', id);
}

/** Secrets come in any length and quality of mixing: HKDF makes 256 even bits of them. */
function derived(secret: string | Uint8Array, option: string): KeyObject {
  const shortest = typeof secret === 'string' ? MIN_SECRET_CHARS : MIN_SECRET_BYTES;
  if (secret.length < shortest) throw new OptionError(`${option}.length`, `at least ${shortest}`, secret.length);
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'rxfan page tokens 1', 32)));
}
