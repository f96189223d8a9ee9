import type { InspectionGraph } from '../../contracts/inspection.ts';
import { edgesOf, linesOf } from './drawnNode.ts';

/** A graph in the language of Graphviz: arrows lead to what is waited for, dotted lines to what belongs to a node. */
export function toDot(graph: InspectionGraph): string {
  const known = new Set(graph.nodes.map(({ id }) => id));
  const nodes = graph.nodes.map(
    (node) => `  n${node.id} [label="${linesOf(node).filter(Boolean).map(escaped).join('\\n')}"];`,
  );
  const belonging = graph.nodes.flatMap(({ id, within }) =>
    within !== undefined && known.has(within) ? [`  n${within} -> n${id} [style=dotted, arrowhead=none];`] : [],
  );
  const waits = edgesOf(graph).map(({ from, to, why }) => `  n${from} -> n${to} [label="${escaped(why)}"];`);
  return ['digraph rxfan {', '  node [shape=box];', ...nodes, ...belonging, ...waits, '}', ''].join('\n');
}

/** Within quotes only these two mean something. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
