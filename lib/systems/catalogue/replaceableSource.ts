import type { PackageSource } from '../../adapters/packages/package.ts';

/** A source in whose place another of the same kind can be put. */
export interface ReplaceableSource extends PackageSource {
  readonly replaceWith: (source: PackageSource) => void;
}

/** Asks `source`, until it is replaced; walks that have begun go on with the other one. */
export function replaceableSource(source: PackageSource): ReplaceableSource {
  const { name, paging } = source;
  let current = source;
  return {
    name,
    paging,
    fetch: (request) => current.fetch(request),
    replaceWith: (other) => (current = other),
  };
}
