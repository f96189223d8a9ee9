import { toneOf } from '../graph/toneOf.ts';
import type { LiveNode } from '../live/liveView.ts';

const WORST = { red: 0, amber: 1, calm: 2 };

/** What of the demo is most worth an explanation: who has trouble, else who waits for somebody, else the topic. */
export function focusOf(nodes: readonly LiveNode[]): number | undefined {
  const troubled = nodes
    .filter((node) => toneOf(node) !== 'calm')
    .sort((a, b) => WORST[toneOf(a)] - WORST[toneOf(b)])[0];
  const waiting = nodes.find(({ kind, waits }) => kind === 'merge' && waits.length > 0);
  return (troubled ?? waiting ?? nodes.find(({ kind }) => kind === 'topic'))?.id;
}
