import type { AttachedParts } from './attachedParts.ts';
import { Congestion, type LineAlert } from './congestion.ts';

/** Watches the lane of a subscriber, and tells of it. */
export function congestionOf<A>({ terms, lane, feeds, ways }: AttachedParts<A>): Congestion {
  const { watermarks, bufferSize } = terms;

  const alert = (alert: LineAlert): void => {
    ways.choose();
    const { running, dropped, refused } = lane.account(0);
    feeds.alert({ ...alert, bufferSize, running, dropped: dropped + refused });
  };

  return new Congestion({
    watermarks,
    bufferSize,
    depth: () => lane.room.depth,
    oldestSince: () => lane.room.oldestSince,
    alert,
  });
}
