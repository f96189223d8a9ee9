import type { InspectedNode, InspectionGraph } from '../../contracts/inspection.ts';
import { BoundedNames } from './boundedNames.ts';
import { steadyName } from './steadyName.ts';

/** What all of one kind and name have together. */
export interface Series {
  readonly kind: string;
  readonly name: string;
  /** 0 once there is none of them any more. */
  readonly figures: Map<string, number>;
  /** What is counted once is never taken back. */
  readonly counts: Map<string, number>;
}

/** Made by the thousand, and called what clients know them by: they are told as those that they belong to. */
const UNNAMED = new Set(['job', 'lane', 'registration']);
const REST = 'other';

/** Makes series of snapshots: at most `max` with names of their own, and one more of each kind for the rest. */
export class SeriesBook {
  private readonly names: BoundedNames;
  private readonly series = new Map<string, Series>();
  private before: ReadonlyMap<number, Readonly<Record<string, number>>> = new Map();

  constructor(max: number) {
    this.names = new BoundedNames(max);
  }

  /** The series of a snapshot, and those there have been. What a thing has counted stays when it is gone. */
  read({ nodes }: InspectionGraph): Iterable<Series> {
    const byId = new Map(nodes.map((node) => [node.id, node]));
    for (const { figures } of this.series.values()) for (const figure of figures.keys()) figures.set(figure, 0);
    for (const node of nodes) {
      const series = this.seriesOf(node.kind, nameOf(node, byId));
      addFigures(series.figures, node.figures);
      this.addCounts(series.counts, node);
    }
    this.before = new Map(nodes.map(({ id, counts }) => [id, counts]));
    return this.series.values();
  }

  private seriesOf(kind: string, name: string): Series {
    const shown = this.names.has(JSON.stringify([kind, name])) ? name : REST;
    const key = JSON.stringify([kind, shown]);
    const series = this.series.get(key) ?? { kind, name: shown, figures: new Map(), counts: new Map() };
    this.series.set(key, series);
    return series;
  }

  private addCounts(totals: Map<string, number>, { id, counts }: InspectedNode): void {
    const before = this.before.get(id) ?? {};
    for (const [name, count] of Object.entries(counts)) {
      totals.set(name, (totals.get(name) ?? 0) + Math.max(0, count - (before[name] ?? 0)));
    }
  }
}

/** Ages are those of the oldest; everything else adds up. */
function addFigures(sums: Map<string, number>, figures: Readonly<Record<string, number>>): void {
  for (const [name, figure] of Object.entries(figures)) {
    const sum = sums.get(name) ?? 0;
    sums.set(name, name.endsWith('AgeMs') ? Math.max(sum, figure) : sum + figure);
  }
}

function nameOf(node: InspectedNode, byId: ReadonlyMap<number, InspectedNode>): string {
  if (!UNNAMED.has(node.kind)) return steadyName(node.name);
  const owner = node.within === undefined ? undefined : byId.get(node.within);
  return owner ? nameOf(owner, byId) : REST;
}
