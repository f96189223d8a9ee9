import type { InspectedNode, InspectedWait } from '../../contracts/inspection.ts';
import { progressOf } from './progressOf.ts';

/** One link of a chain of blame. */
export interface Step {
  readonly node: InspectedNode;
  /** Why it does not go on; undefined where it waits for nothing. */
  readonly wait: InspectedWait | undefined;
}

/** Follows what a node waits for, to what waits for nothing here, or back to a node of the chain. */
export function chainOf(start: InspectedNode, nodes: readonly InspectedNode[]): readonly Step[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const ranks = progressOf(nodes);
  const steps: Step[] = [];
  const met = new Set<number>();

  for (let node: InspectedNode | undefined = start; node && !met.has(node.id);) {
    const wait = nextOf(node, (id) => (byId.has(id) ? ranks.get(id) : 0));
    met.add(node.id);
    steps.push({ node, wait });
    node = wait?.on === undefined ? undefined : byId.get(wait.on);
  }
  return steps;
}

/**
 * What counts most of what can let it go on. Where nothing can, of what cannot: that leads round in a circle. `rankOf`: as
 * `progressOf` says, and 0 for the rest of the world.
 */
function nextOf({ id, waits }: InspectedNode, rankOf: (id: number) => number | undefined): InspectedWait | undefined {
  const own = rankOf(id);
  const rankOfWait = ({ on }: InspectedWait) => (on === undefined ? 0 : rankOf(on));
  if (own === undefined) return waits.find((wait) => rankOfWait(wait) === undefined);
  return waits.find((wait) => (rankOfWait(wait) ?? Infinity) < own);
}
