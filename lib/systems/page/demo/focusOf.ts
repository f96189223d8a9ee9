import { toneOf } from '../graph/toneOf.ts';
import type { LiveNode } from '../../../contracts/liveView.ts';

const WORST = { red: 0, amber: 1, calm: 2 };

/** What of the demo is most worth an explanation: who has trouble, else the merge where it is held up, else the topic. */
export function focusOf(nodes: readonly LiveNode[], isHeldUp: boolean): number | undefined {
  const troubled = nodes
    .filter((node) => toneOf(node) !== 'calm')
    .sort((a, b) => WORST[toneOf(a)] - WORST[toneOf(b)])[0];
  const waiting = isHeldUp ? nodes.find(({ kind }) => kind === 'merge') : undefined;
  return (troubled ?? waiting ?? nodes.find(({ kind }) => kind === 'topic'))?.id;
}
