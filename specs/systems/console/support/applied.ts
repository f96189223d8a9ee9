import type { LiveDelta, LiveNode, LiveView } from '../../../../lib/contracts/liveView.ts';

/** What a client has after an event: in the order of ids, for the order of a list is the client's own affair. */
export function applied(view: LiveView | undefined, event: string, data: string): LiveView {
  const told = JSON.parse(data) as LiveView | LiveDelta;
  if (event === 'graph') return sorted(told as LiveView);
  if (!view) throw new Error('a delta came before any graph');
  const { gone, nodes, ...head } = told as LiveDelta;
  const byId = new Map(view.nodes.map((node) => [node.id, node]));
  for (const id of gone) if (!byId.delete(id)) throw new Error(`${id} is gone and was not there`);
  for (const node of nodes) byId.set(node.id, node);
  return sorted({ ...view, ...head, nodes: [...byId.values()] });
}

export function sorted(view: LiveView): LiveView {
  return { ...view, nodes: [...view.nodes].sort((a: LiveNode, b: LiveNode) => a.id - b.id) };
}
