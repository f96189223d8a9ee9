import type { ServerSentEvent } from '../../adapters/http/sseFrame.ts';
import type { LiveQuery } from './liveQuery.ts';
import type { Sample } from './sample.ts';
import { selected } from './selected.ts';

/** What a client knows. */
export interface Known {
  readonly process: Sample['process'];
  readonly totals: string;
  readonly alerts: number;
  readonly omitted: number;
  /** The JSON of the nodes, by id. */
  readonly nodes: ReadonlyMap<number, string>;
}

/** Most bytes of an event, all that frames it included. */
export const MOST_EVENT_BYTES = 64 * 1024;

/** For the name of the event, line ends, and all of a view but its nodes and totals. */
const HEAD_BYTES = 1_024;
const MOST_TOTALS_BYTES = 8 * 1_024;

/**
 * What a client is to be told of a sample, if anything, and what it knows then: everything, where it knows nothing or where that is
 * not longer, and else what is not as it was.
 */
export function nextEvent(
  sample: Sample,
  query: LiveQuery,
  known: Known | undefined,
): { readonly known: Known; readonly event: ServerSentEvent | undefined } {
  const totals = totalsText(sample.totals);
  const maxBytes = MOST_EVENT_BYTES - HEAD_BYTES - Buffer.byteLength(totals);
  const { nodes, omitted } = selected(sample, query, { maxBytes });
  const { process, alerts } = sample;
  const now: Known = { process, totals, alerts, omitted, nodes };
  const graph = viewText(sample.time, now, [...nodes.values()]);
  const delta = known && deltaText(sample.time, now, known);
  if (known && delta === undefined) return { known: now, event: undefined };
  const isDelta = delta !== undefined && delta.length < graph.length;
  return { known: now, event: isDelta ? { event: 'delta', data: delta } : { event: 'graph', data: graph } };
}

function viewText(time: number, { process, totals, alerts, omitted }: Known, nodes: readonly string[]): string {
  const head = `"time":${time},"process":${JSON.stringify(process)},"totals":${totals},"alerts":${alerts}`;
  return `{${head},"omitted":${omitted},"nodes":[${nodes.join(',')}]}`;
}

/** Undefined where nothing has changed. */
function deltaText(time: number, now: Known, known: Known): string | undefined {
  const gone = [...known.nodes.keys()].filter((id) => !now.nodes.has(id));
  const changed = [...now.nodes].filter(([id, text]) => known.nodes.get(id) !== text).map(([, text]) => text);
  const head = [
    ...(now.process === known.process ? [] : [`"process":${JSON.stringify(now.process)}`]),
    ...(now.totals === known.totals ? [] : [`"totals":${now.totals}`]),
    ...(now.alerts === known.alerts ? [] : [`"alerts":${now.alerts}`]),
    ...(now.omitted === known.omitted ? [] : [`"omitted":${now.omitted}`]),
  ];
  if (head.length + changed.length + gone.length === 0) return undefined;
  const parts = [`"time":${time}`, ...head, `"nodes":[${changed.join(',')}]`, `"gone":[${gone.join(',')}]`];
  return `{${parts.join(',')}}`;
}

/** The kinds with most nodes first, as far as there is room. */
function totalsText(totals: Readonly<Record<string, number>>): string {
  const entries = Object.entries(totals).sort(([, a], [, b]) => b - a);
  let left = MOST_TOTALS_BYTES;
  const kept = entries.filter(([kind]) => (left -= Buffer.byteLength(JSON.stringify(kind)) + 20) >= 0);
  return JSON.stringify(Object.fromEntries(kept));
}
