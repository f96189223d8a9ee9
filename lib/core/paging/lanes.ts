import { createCatchUp } from './catchUp.ts';
import type { Deadlines } from './deadlines.ts';
import type { DriftCount } from './drift.ts';
import type { FrontierKeeper } from './frontier.ts';
import { createLane, type Lane } from './lane.ts';
import { prefetchDepth } from './prefetchDepth.ts';
import { createSourceReader } from './sourceReader.ts';
import type { WalkOptions } from './walk.ts';

/** What the lanes of a walk share. */
export interface LanesOptions<T, Q> extends WalkOptions<T, Q> {
  readonly frontier: FrontierKeeper<T>;
  /** One per source. */
  readonly drifts: readonly DriftCount[];
  readonly deadlines: Deadlines;
  /** Runs what a page that came for a lane sets off. */
  readonly guard: (lane: number, work: () => void) => void;
}

/** A lane per source, set up at the place where the walk begins. */
export function createLanes<T, Q>(options: LanesOptions<T, Q>): readonly Lane<T>[] {
  const { sources, query, from, order, sourcePageSize, limits, frontier, drifts, deadlines } = options;

  return sources.map((source, lane) => {
    const start = from.positions[lane]!;
    const { token, size } = start.kind === 'at' ? start : { token: undefined, size: sourcePageSize };
    return createLane({
      source,
      token,
      size,
      nextSize: sourcePageSize,
      reader: createSourceReader({ source, query, deadlines, maxItems: limits.pageItems }),
      catchUp: createCatchUp({
        start,
        keyset: source.paging === 'keyset',
        markOf: order.markOf,
        isBehind: (item, exact) => frontier.isBehind(item, lane, exact),
        drift: drifts[lane]!,
      }),
      prefetch: prefetchDepth(options.prefetch),
      emptyPages: limits.emptyPages,
      order,
      kept: () => (start.kind === 'at' ? options.kept(source, token, size) : undefined),
      guard: (work) => options.guard(lane, work),
    });
  });
}
