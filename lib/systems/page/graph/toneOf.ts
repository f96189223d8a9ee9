import type { LiveNode } from '../../../contracts/liveView.ts';

/** `red`: it fails or loses something. `amber`: an alert is raised, or it is full enough for one. */
export type Tone = 'calm' | 'amber' | 'red';

/** What is lost or goes wrong, by the names of the counts. */
const LOSSES = ['failed', 'dropped', 'refused', 'discarded'];

export function toneOf({ figures, rates }: Pick<LiveNode, 'figures' | 'rates'>): Tone {
  if (LOSSES.some((loss) => (rates[loss] ?? 0) > 0)) return 'red';
  const { waiting = 0, capacity = Infinity, highWatermark = capacity, alertSince } = figures;
  return alertSince !== undefined || (waiting > 0 && waiting >= highWatermark) ? 'amber' : 'calm';
}
