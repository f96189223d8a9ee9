import type { Drift } from './aggregate.ts';

/** What one source's part in a page says of changes under the walk. */
export interface DriftCount {
  suppressed: number;
  late: number;
  possibleGap: boolean;
}

/** What is known of changes under a walk since the last verdict: of the sources that moved, for the others there is nothing. */
export class Drifts {
  private readonly names: readonly string[];
  private counts = new Map<number, DriftCount>();

  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** The counts of a source, to be added to. */
  of(source: number): DriftCount {
    const count = this.counts.get(source) ?? { suppressed: 0, late: 0, possibleGap: false };
    this.counts.set(source, count);
    return count;
  }

  /** The verdict over all sources since the last one, or undefined when nothing moved. Starts the counts anew. */
  take(): Drift | undefined {
    if (this.counts.size === 0) return undefined;
    const moved = [...this.counts].sort(([a], [b]) => a - b);
    this.counts = new Map();
    return {
      suppressed: moved.reduce((sum, [, { suppressed }]) => sum + suppressed, 0),
      late: moved.reduce((sum, [, { late }]) => sum + late, 0),
      possibleGap: moved.some(([, { possibleGap }]) => possibleGap),
      sources: moved.map(([source]) => this.names[source]!),
    };
  }
}
