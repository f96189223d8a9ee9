import type { Drift } from './aggregate.ts';

/** What one source's part in a page says of changes under the walk. */
export interface DriftCount {
  suppressed: number;
  late: number;
  possibleGap: boolean;
}

/** A verdict over all sources, or undefined when nothing moved. */
export function driftOf(counts: readonly (readonly [source: string, count: DriftCount])[]): Drift | undefined {
  const moved = counts.filter(([, { suppressed, late, possibleGap }]) => suppressed > 0 || late > 0 || possibleGap);
  if (moved.length === 0) return undefined;
  return {
    suppressed: moved.reduce((sum, [, { suppressed }]) => sum + suppressed, 0),
    late: moved.reduce((sum, [, { late }]) => sum + late, 0),
    possibleGap: moved.some(([, { possibleGap }]) => possibleGap),
    sources: moved.map(([source]) => source),
  };
}
