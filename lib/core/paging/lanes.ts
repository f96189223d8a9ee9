import { createCatchUp } from './catchUp.ts';
import type { Deadlines } from './deadlines.ts';
import type { DriftCount } from './drift.ts';
import type { FrontierKeeper } from './frontier.ts';
import { createLane, type Lane, type LaneEvents } from './lane.ts';
import { createPageQueue, type PageQueue } from './pageQueue.ts';
import { prefetchDepth } from './prefetchDepth.ts';
import { createSourceReader } from './sourceReader.ts';
import type { WalkOptions } from './walkOptions.ts';

/** What the lanes of a walk share. */
export interface LanesOptions<T, Q> extends WalkOptions<T, Q> {
  readonly frontier: FrontierKeeper<T>;
  /** One per source. */
  readonly drifts: readonly DriftCount[];
  readonly deadlines: Deadlines;
  readonly eventsOf: (lane: number) => LaneEvents<T>;
  /** Called when a page of a lane has been read ahead. */
  readonly readAhead: (lane: number) => void;
}

/** A lane per source, set up at the place where the walk begins, and the queue of its pages. */
export function createLanes<T, Q>(options: LanesOptions<T, Q>): readonly { lane: Lane<T>; queue: PageQueue<T> }[] {
  const { sources, query, from, order, sourcePageSize, limits, frontier, drifts, deadlines } = options;

  return sources.map((source, index) => {
    const start = from.positions[index]!;
    const { token, size } = start.kind === 'at' ? start : { token: undefined, size: sourcePageSize };
    const queue = createPageQueue({
      token,
      size,
      nextSize: sourcePageSize,
      reader: createSourceReader({ source, query, deadlines, maxItems: limits.pageItems }),
      prefetch: prefetchDepth(options.prefetch),
      readAhead: () => options.readAhead(index),
      kept: () => (start.kind === 'at' ? options.kept(source, token, size) : undefined),
    });
    const catchUp = createCatchUp({
      start,
      keyset: source.paging === 'keyset',
      markOf: order.markOf,
      isBehind: (item, exact) => frontier.isBehind(item, index, exact),
      drift: drifts[index]!,
    });
    const on = options.eventsOf(index);
    return { queue, lane: createLane({ source, queue, catchUp, order, emptyPages: limits.emptyPages, on }) };
  });
}
