import type { LiveNode } from '../../../contracts/liveView.ts';

/** What tells how busy a thing is: the first of these that is counted. */
const PACES = ['succeeded', 'acked', 'published', 'emitted', 'delivered', 'handled', 'received', 'sent', 'offered'];

/** How much a thing gets done per second; undefined where nothing of it is counted. */
export function paceOf({ counts, rates }: Pick<LiveNode, 'counts' | 'rates'>): number | undefined {
  const pace = PACES.find((name) => name in counts);
  return pace === undefined ? undefined : (rates[pace] ?? 0);
}
