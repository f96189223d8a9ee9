import type { LiveNode } from '../../contracts/liveView.ts';

/** What grows while values are lost. */
const LOSSES = ['dropped', 'refused'];

/**
 * How much a node needs a look: more for an alert that is raised than for one that blocks or loses values, and else by how full
 * it is, in tenths, so that small changes do not make it change places.
 */
export function needOf({ figures, rates }: Pick<LiveNode, 'figures' | 'rates'>): number {
  const { alertSince, blocked = 0, waiting = 0, capacity = 0 } = figures;
  const isAlerting = alertSince !== undefined;
  const isLosing = blocked > 0 || LOSSES.some((count) => (rates[count] ?? 0) > 0);
  const tenths = capacity > 0 ? Math.min(10, Math.floor((waiting / capacity) * 10)) : 0;
  return (isAlerting ? 200 : 0) + (isLosing ? 100 : 0) + tenths;
}
