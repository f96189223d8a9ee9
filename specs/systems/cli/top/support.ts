import type { LiveNode, LiveView } from '../../../../lib/contracts/liveView.ts';

/** A thing that runs, of which only what matters is said. */
export function node(id: number, kind: string, name: string, rest: Partial<LiveNode> = {}): LiveNode {
  return { id, kind, name, figures: {}, rates: {}, counts: {}, waits: [], ...rest };
}

/** What a server tells that runs these. */
export function viewOf(...nodes: readonly LiveNode[]): LiveView {
  const MB = 1024 ** 2;
  const process = { uptimeMs: 125_000, lagP99Ms: 1.25, lagMaxMs: 4, cpu: 0.5 };
  const memory = { heapUsedBytes: 20 * MB, heapTotalBytes: 30 * MB, residentBytes: 80 * MB };
  const totals: Record<string, number> = {};
  for (const { kind } of nodes) totals[kind] = (totals[kind] ?? 0) + 1;
  return { time: 0, process: { ...process, ...memory }, totals, alerts: 0, omitted: 0, nodes };
}
