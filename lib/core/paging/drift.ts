import type { Drift } from './aggregate.ts';

/** What one source's part in a page says of changes under the walk. */
export interface DriftCount {
  suppressed: number;
  late: number;
  possibleGap: boolean;
}

/** The verdict over all sources since the last one, or undefined when nothing moved. Starts the counts anew. */
export function takeDrift(names: readonly string[], counts: readonly DriftCount[]): Drift | undefined {
  if (!counts.some(hasMoved)) return undefined; // nearly always, and there may be a thousand sources
  const moved = [...counts.entries()].filter(([, count]) => hasMoved(count));
  const drift = {
    suppressed: moved.reduce((sum, [, { suppressed }]) => sum + suppressed, 0),
    late: moved.reduce((sum, [, { late }]) => sum + late, 0),
    possibleGap: moved.some(([, { possibleGap }]) => possibleGap),
    sources: moved.map(([source]) => names[source]!),
  };
  for (const [, count] of moved) Object.assign(count, noDrift());
  return drift;
}

export function noDrift(): DriftCount {
  return { suppressed: 0, late: 0, possibleGap: false };
}

function hasMoved({ suppressed, late, possibleGap }: DriftCount): boolean {
  return suppressed > 0 || late > 0 || possibleGap;
}
