import { OptionError } from '../../../operators/errors.ts';
import type { Explanation, InspectedNode, InspectionGraph } from '../../contracts/inspection.ts';
import { chainOf } from './chainOf.ts';
import { sentenceOf } from './sentenceOf.ts';
import { snapshot } from './snapshot.ts';

/**
 * Says in one sentence what a node waits for, what that waits for, and so on to who is to blame. A circle is called a deadlock,
 * and only where none of its members can go on.
 *
 * The node is a number, or what it is called; the first of that name is meant. Throws OptionError where there is none, and
 * InspectionOffError where no graph is given and no inspection runs.
 *
 * @example
 * explain({ kind: 'topic', name: 'orders' }).sentence;
 * // topic 'orders' is blocked by subscriber 'orders/metrics' (1,000 of 1,000 waiting), whose 4 running attempts are up to 12.3 s old
 */
export function explain(
  node: number | { readonly kind?: string; readonly name: string },
  graph: InspectionGraph = snapshot(),
): Explanation {
  const { nodes } = graph;
  const start = nodes.find((one) => isMeant(one, node));
  if (!start) throw new OptionError('node', 'one of the graph', typeof node === 'number' ? node : node.name);
  const steps = chainOf(start, nodes);
  const back = steps.findIndex(({ node: { id } }) => id === steps.at(-1)?.wait?.on);
  const circle = back < 0 ? [] : steps.slice(back).map((step) => step.node);
  return {
    sentence: sentenceOf(steps, circle),
    chain: steps.map((step) => step.node.id),
    deadlock: circle.map(({ id }) => id),
  };
}

function isMeant({ id, kind, name }: InspectedNode, meant: Parameters<typeof explain>[0]): boolean {
  if (typeof meant === 'number') return id === meant;
  return name === meant.name && (meant.kind ?? kind) === kind;
}
