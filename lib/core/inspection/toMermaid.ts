import type { InspectionGraph } from '../../contracts/inspection.ts';
import { edgesOf, linesOf } from './drawnNode.ts';

/** A graph as a Mermaid flowchart: arrows lead to what is waited for, dotted lines to what belongs to a node. */
export function toMermaid(graph: InspectionGraph): string {
  const known = new Set(graph.nodes.map(({ id }) => id));
  const nodes = graph.nodes.map(
    (node) => `  n${node.id}["${linesOf(node).filter(Boolean).map(escaped).join('<br/>')}"]`,
  );
  const belonging = graph.nodes.flatMap(({ id, within }) =>
    within !== undefined && known.has(within) ? [`  n${within} -.- n${id}`] : [],
  );
  const waits = edgesOf(graph).map(({ from, to, why }) => `  n${from} -->|"${escaped(why)}"| n${to}`);
  return ['flowchart LR', ...nodes, ...belonging, ...waits, ''].join('\n');
}

/** Whatever is no plain character of a sentence may mean something there: it goes by its number. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} ,.:'/_-]/gu, (char) => `#${char.codePointAt(0)!};`);
}
