import { needOf } from '../../console/needOf.ts';
import type { LiveNode } from '../../../contracts/liveView.ts';

/** A thing, and how deep it stands below others. */
export interface Row {
  readonly node: LiveNode;
  readonly depth: number;
}

/** Things in the order in which they are listed: each below what it belongs to, first those that need a look. */
export function rowsOf(nodes: readonly LiveNode[]): readonly Row[] {
  const known = new Set(nodes.map(({ id }) => id));
  const below = new Map<number | undefined, LiveNode[]>();
  for (const node of nodes) {
    const whose = node.within !== undefined && known.has(node.within) ? node.within : undefined;
    below.set(whose, [...(below.get(whose) ?? []), node]);
  }
  const listed = (whose: number | undefined, depth: number): readonly Row[] =>
    (below.get(whose) ?? []).toSorted(byNeed).flatMap((node) => [{ node, depth }, ...listed(node.id, depth + 1)]);
  return listed(undefined, 0);
}

function byNeed(a: LiveNode, b: LiveNode): number {
  return needOf(b) - needOf(a) || compared(a.kind, b.kind) || compared(a.name, b.name) || a.id - b.id;
}

function compared(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
