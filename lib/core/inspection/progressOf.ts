import { Fifo } from '../../../operators/internal/fifo.ts';
import type { InspectedNode } from '../../contracts/inspection.ts';

/**
 * Which nodes can go on as soon as what they wait for does its part, each with a rank that is higher than that of what lets
 * it go on. Those that have none wait for each other: whatever the rest of the world does, they never go on.
 */
export function progressOf(nodes: readonly InspectedNode[]): ReadonlyMap<number, number> {
  const waiters = new Map<number, InspectedNode[]>(nodes.map(({ id }) => [id, []]));
  const open = new Map<number, number>(); // how many of those that it waits for must go on before it does
  const ranks = new Map<number, number>();
  const line = new Fifo<number>();

  const rank = (id: number, value: number): void => {
    if (ranks.has(id)) return;
    ranks.set(id, value);
    line.push(id);
  };
  for (const { id, needs, waits } of nodes) open.set(id, needs === 'any' ? 1 : waits.length);
  const met = ({ id }: InspectedNode, after: number): void => {
    const left = open.get(id)! - 1;
    open.set(id, left);
    if (left === 0) rank(id, after + 1);
  };

  for (const { id, waits } of nodes) if (waits.length === 0) rank(id, 0);
  for (const node of nodes) {
    for (const { on } of node.waits) {
      const others = on === undefined ? undefined : waiters.get(on);
      if (others) others.push(node);
      else met(node, 0); // what is no node is the rest of the world
    }
  }
  while (line.size > 0) {
    const id = line.shift();
    for (const waiter of waiters.get(id) ?? []) met(waiter, ranks.get(id)!);
  }
  return ranks;
}
