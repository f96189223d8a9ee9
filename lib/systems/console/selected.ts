import type { LiveNode } from '../../contracts/liveView.ts';
import { byName } from './byName.ts';
import type { LiveQuery } from './liveQuery.ts';
import type { RankedNode, Sample } from './sample.ts';

/** What a client gets to see of a sample. */
export interface Selected {
  /** The JSON of each node by its id; whoever belongs to another one comes after it. */
  readonly nodes: ReadonlyMap<number, string>;
  /** How many more were asked for. */
  readonly omitted: number;
}

/** How much may be selected. */
export interface SelectedRoom {
  /** For the nodes, in bytes of UTF-8 with a comma after each. */
  readonly maxBytes: number;
}

interface Kept {
  readonly node: RankedNode['node'];
  readonly ranked: RankedNode;
  readonly text: string;
}

/** Nodes that are tried in vain, because there is no room for them, before no more are. */
const MOST_MISFITS = 32;

/**
 * The nodes that a query asks for, as far as there is room: whoever needs a look most is kept, with those among them that it
 * belongs to. Things that belong to nothing are in the order of their names, what belongs to them by how much it needs a look.
 */
export function selected(sample: Sample, query: LiveQuery, { maxBytes }: SelectedRoom): Selected {
  const asked = sample.ranked.filter(asksFor(query));
  const isAsked = asked.length === sample.ranked.length ? () => true : has(new Set(asked));
  const kept = new Map<RankedNode, Kept>();
  let left = maxBytes;

  for (let i = 0, misfits = 0; i < asked.length && kept.size < query.limit && misfits < MOST_MISFITS; i++) {
    if (kept.has(asked[i]!)) continue;
    const chain = lineOf(asked[i]!).filter((one) => isAsked(one) && !kept.has(one));
    const texts = chain.map((one): Kept => ({ node: one.node, ranked: one, text: JSON.stringify(liveNode(one)) }));
    const bytes = texts.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, 0);
    if (kept.size + chain.length > query.limit || bytes > left) misfits++;
    else {
      left -= bytes;
      for (const one of texts) kept.set(one.ranked, one);
    }
  }
  const nodes = new Map(inOrder(kept).map(({ node, text }) => [node.id, text]));
  return { nodes, omitted: asked.length - nodes.size + sample.omitted };
}

function has(nodes: ReadonlySet<RankedNode>): (node: RankedNode) => boolean {
  return (node) => nodes.has(node);
}

function asksFor({ kinds, within, name }: LiveQuery): (ranked: RankedNode) => boolean {
  return (ranked) =>
    (kinds.size === 0 || kinds.has(ranked.node.kind)) &&
    (name === undefined || ranked.node.name.toLowerCase().includes(name)) &&
    (within === undefined || lineOf(ranked).some(({ node }) => node.id === within));
}

/** A node with all that it is within. */
function lineOf(ranked: RankedNode): readonly RankedNode[] {
  const line = [ranked];
  for (let one = ranked.within; one; one = one.within) line.push(one);
  return line;
}

function liveNode({ node, rates }: RankedNode): LiveNode {
  const { id, kind, name, within, figures, counts, waits } = node;
  return { id, kind, name, ...(within !== undefined && { within }), figures, rates, counts, waits };
}

function inOrder(kept: ReadonlyMap<RankedNode, Kept>): readonly Kept[] {
  const below = new Map<RankedNode | undefined, Kept[]>();
  for (const one of kept.values()) {
    const parent = lineOf(one.ranked)
      .slice(1)
      .find((other) => kept.has(other));
    const siblings = below.get(parent);
    if (siblings) siblings.push(one);
    else below.set(parent, [one]);
  }
  const tops = below.get(undefined) ?? [];
  const orphans = tops.filter(({ ranked }) => ranked.within).sort(bySiblingNeed); // what they are within is not listed
  const roots = tops.filter(({ ranked }) => !ranked.within).sort(byName);
  const withOwn = (one: Kept): readonly Kept[] => [
    one,
    ...(below.get(one.ranked) ?? []).sort(bySiblingNeed).flatMap(withOwn),
  ];
  return [...roots, ...orphans].flatMap(withOwn);
}

function bySiblingNeed(a: Kept, b: Kept): number {
  return b.ranked.need - a.ranked.need || byName(a, b);
}
