import type { InspectedNode } from '../../contracts/inspection.ts';

/** The order of names; ties go by id, so that it is always the same. */
export function byName(
  { node: a }: { readonly node: InspectedNode },
  { node: b }: { readonly node: InspectedNode },
): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.id - b.id;
}
