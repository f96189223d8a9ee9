import { createHash } from 'node:crypto';
import { inOneGo, readRegistry, writeRegistry } from '../../boundary/registryDocument.ts';
import { TooLargeError } from '../../boundary/tooLargeError.ts';
import type { RegistrySnapshot } from '../../contracts/registration.ts';

/** A registry as it was kept in an object, and the save that it was kept by. */
export interface SavedRegistry {
  readonly snapshot: RegistrySnapshot;
  readonly savedBy: string;
}

/** The content of an object. Its `savedBy` makes it differ from every other, and so its ETag: the same never comes back. */
export function toObject({ snapshot, savedBy }: SavedRegistry, maxBytes: number): Uint8Array {
  const marked = { ...snapshot, savedBy };
  const bytes = Buffer.from([...writeRegistry(marked, createHash('sha256'))].join(''));
  if (bytes.byteLength > maxBytes) throw new TooLargeError('the registry', maxBytes);
  return bytes;
}

/** Throws FormatError or DecodeError when a bit of it is different from what was written. */
export function fromObject(where: string, bytes: Uint8Array): SavedRegistry {
  const marked = inOneGo(readRegistry(where, bytes, createHash('sha256')));
  const { savedBy, ...snapshot } = marked as RegistrySnapshot & { readonly savedBy?: unknown };
  return { snapshot, savedBy: String(savedBy) };
}
