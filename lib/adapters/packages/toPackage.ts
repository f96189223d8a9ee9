import type { Package } from './package.ts';

/** Builds a package from what a source knows; of a description, whatever it is, one line of text is kept. */
export function toPackage(name: string, version: string, source: string, description: unknown): Package {
  const line = typeof description === 'string' ? description.replace(/\s+/g, ' ').trim() : '';
  return line === '' ? { name, version, source } : { name, version, source, description: line };
}
