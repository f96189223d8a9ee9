import type { Lane } from './diagram.ts';
import { drawComparison, findParting, type Pair } from './laneComparison.ts';

/** One subscription, from frame to frame, as TestScheduler records it. */
export interface Subscribed {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

const WORDS: Readonly<Record<string, string>> = {
  '': 'nothing',
  '^': 'a subscription',
  '!': 'an unsubscription',
  '(^!)': 'a subscription and its end',
};

/** Tells how the subscriptions of a source differ, drawn as marbles: a pair of lanes for each. */
export function subscriptionMismatch({ expected, received }: Pair<readonly Subscribed[]>): string {
  const pairs = Array.from({ length: Math.max(expected.length, received.length) }, (_, i) => ({
    expected: toLane(expected[i]),
    received: toLane(received[i]),
  }));
  const parting = findParting(pairs);
  const counts =
    expected.length === received.length ? '' : ` (${expected.length} expected, ${received.length} received)`;
  const where = parting
    ? ` at ${parting.frame} ms: expected ${WORDS[parting.expected]!}, received ${WORDS[parting.received]!}`
    : '';

  return [`the subscriptions differ${counts}${where}`, '', ...drawComparison(pairs, parting)].join('\n').trimEnd();
}

function toLane(subscribed: Subscribed | undefined): Lane {
  if (!subscribed) return { cells: new Map(), endsAt: 0 };
  const { subscribedFrame: from, unsubscribedFrame: to } = subscribed;
  const cells = from === to ? [[from, '(^!)'] as const] : [[from, '^'] as const, [to, '!'] as const];
  return { cells: new Map(cells.filter(([frame]) => frame !== Infinity)), endsAt: to };
}
