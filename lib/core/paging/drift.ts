import type { Drift } from './aggregate.ts';

/** What one source's part in a page says of changes under the walk. */
export interface DriftCount {
  suppressed: number;
  late: number;
  possibleGap: boolean;
}

/** The verdict over all sources since the last one, or undefined when nothing moved. Starts the counts anew. */
export function takeDrift(names: readonly string[], counts: readonly DriftCount[]): Drift | undefined {
  const moved = counts.flatMap((count, source) => {
    const { suppressed, late, possibleGap } = count;
    Object.assign(count, noDrift());
    return suppressed > 0 || late > 0 || possibleGap ? [{ source: names[source]!, suppressed, late, possibleGap }] : [];
  });
  if (moved.length === 0) return undefined;
  return {
    suppressed: moved.reduce((sum, { suppressed }) => sum + suppressed, 0),
    late: moved.reduce((sum, { late }) => sum + late, 0),
    possibleGap: moved.some(({ possibleGap }) => possibleGap),
    sources: moved.map(({ source }) => source),
  };
}

export function noDrift(): DriftCount {
  return { suppressed: 0, late: 0, possibleGap: false };
}
