import type { InspectedNode, InspectionGraph } from '../../contracts/inspection.ts';
import type { ProcessFigures } from '../../contracts/liveView.ts';
import { byName } from './byName.ts';
import { needOf } from './needOf.ts';

/** Everything at one moment, ready to be asked by any number of clients. */
export interface Sample {
  readonly time: number;
  readonly process: ProcessFigures;
  readonly totals: Readonly<Record<string, number>>;
  readonly alerts: number;
  /** Nodes that the inspection itself has left out. */
  readonly omitted: number;
  /** Whoever needs a look most comes first. */
  readonly ranked: readonly RankedNode[];
}

/** A node, and where it stands among the others. */
export interface RankedNode {
  readonly node: InspectedNode;
  readonly rates: Readonly<Record<string, number>>;
  readonly need: number;
  /** How many others it is within. */
  readonly depth: number;
  readonly within: RankedNode | undefined;
}

const NONE = {};

/** Ranks what a snapshot has: by need, those that others belong to before them, and by name. */
export function sampleOf(
  { time, nodes, omitted }: InspectionGraph,
  rates: ReadonlyMap<number, Readonly<Record<string, number>>>,
  process: ProcessFigures,
): Sample {
  const byId = new Map<number, RankedNode>();
  for (const node of nodes) {
    const within = node.within === undefined ? undefined : byId.get(node.within);
    const own = shownRates(rates.get(node.id));
    const need = needOf({ figures: node.figures, rates: own });
    byId.set(node.id, { node, rates: own, need, depth: within ? within.depth + 1 : 0, within });
  }
  const alerts = nodes.filter(({ figures }) => figures['alertSince'] !== undefined).length;
  return { time, process, totals: totalsOf(nodes), alerts, omitted, ranked: [...byId.values()].sort(byNeed) };
}

function byNeed(a: RankedNode, b: RankedNode): number {
  return b.need - a.need || a.depth - b.depth || byName(a, b);
}

/** With one decimal, without those that are nothing then. */
function shownRates(rates: Readonly<Record<string, number>> = NONE): Readonly<Record<string, number>> {
  const shown: Record<string, number> = {};
  let isAny = false;
  for (const name of Object.keys(rates)) {
    const rate = Math.round(rates[name]! * 10) / 10;
    if (rate <= 0) continue;
    shown[name] = rate;
    isAny = true;
  }
  return isAny ? shown : NONE;
}

function totalsOf(nodes: readonly InspectedNode[]): Readonly<Record<string, number>> {
  const totals = new Map<string, number>();
  for (const { kind } of nodes) totals.set(kind, (totals.get(kind) ?? 0) + 1);
  return Object.fromEntries(totals);
}
