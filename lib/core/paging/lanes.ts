import { CatchUp } from './catchUp.ts';
import type { Deadlines } from './deadlines.ts';
import type { Drifts } from './drift.ts';
import type { FrontierKeeper } from './frontier.ts';
import { Lane } from './lane.ts';
import type { LaneEvents } from './laneEvents.ts';
import { PageQueue } from './pageQueue.ts';
import { prefetchDepth } from './prefetchDepth.ts';
import { SourceReader } from './sourceReader.ts';
import type { WalkOptions } from './walkOptions.ts';

/** What the lanes of a walk share. */
export interface LanesOptions<T, Q> extends WalkOptions<T, Q> {
  readonly frontier: FrontierKeeper<T>;
  readonly drifts: Drifts;
  readonly deadlines: Deadlines;
  readonly on: LaneEvents<T>;
  /** Called when a page of a lane has been read ahead. */
  readonly readAhead: (lane: number) => void;
}

/** A lane per source, set up at the place where the walk begins. */
export function createLanes<T, Q>(options: LanesOptions<T, Q>): readonly Lane<T>[] {
  const { sources, query, from, order, sourcePageSize, limits, frontier, drifts, deadlines, on } = options;

  return sources.map((source, index) => {
    const start = from.positions[index]!;
    const { token, size } = start.kind === 'at' ? start : { token: undefined, size: sourcePageSize };
    const queue = new PageQueue({
      token,
      size,
      nextSize: sourcePageSize,
      reader: new SourceReader({ source, query, deadlines, maxItems: limits.pageItems }),
      prefetch: prefetchDepth(options.prefetch),
      readAhead: () => options.readAhead(index),
      kept: () => (start.kind === 'at' ? options.kept(source, token, size) : undefined),
    });
    const keyset = source.paging === 'keyset';
    const catchUp = new CatchUp({ source: index, start, keyset, order, frontier, drifts });
    return new Lane({ index, source, queue, catchUp, order, emptyPages: limits.emptyPages, on });
  });
}
