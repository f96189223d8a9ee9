import type { InspectedNode, InspectionGraph } from '../../contracts/inspection.ts';

/** As much of a graph as rates are made of. */
type Counted = Pick<InspectionGraph, 'time'> & { readonly nodes: readonly Pick<InspectedNode, 'id' | 'counts'>[] };

/**
 * How fast what is counted has grown from one snapshot to the next, per second, by node. A node that is in only one of them,
 * and a clock that did not go on, have no rates.
 *
 * @example
 * const rates = ratesBetween(before, snapshot());
 * rates.get(id)?.['dropped'];
 */
export function ratesBetween(earlier: Counted, later: Counted): ReadonlyMap<number, Readonly<Record<string, number>>> {
  const seconds = (later.time - earlier.time) / 1_000;
  const before = new Map(earlier.nodes.map(({ id, counts }) => [id, counts]));
  if (!(seconds > 0)) return new Map();
  const rates = new Map<number, Readonly<Record<string, number>>>();
  for (const { id, counts } of later.nodes) {
    const then = before.get(id);
    if (!then) continue;
    const grown: Record<string, number> = {};
    for (const name of Object.keys(counts)) grown[name] = (counts[name]! - (then[name] ?? 0)) / seconds;
    rates.set(id, grown);
  }
  return rates;
}
