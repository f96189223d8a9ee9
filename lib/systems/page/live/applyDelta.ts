import type { LiveDelta, LiveView } from '../../../contracts/liveView.ts';

/** The view after a change. Nodes that are as before stay the same objects. */
export function applyDelta(view: LiveView, { nodes, gone, ...rest }: LiveDelta): LiveView {
  if (nodes.length === 0 && gone.length === 0) return { ...view, ...rest };
  const byId = new Map(view.nodes.map((node) => [node.id, node]));
  for (const id of gone) byId.delete(id);
  for (const node of nodes) byId.set(node.id, node);
  return { ...view, ...rest, nodes: [...byId.values()] };
}
