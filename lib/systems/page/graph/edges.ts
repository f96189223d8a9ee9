import { HEAD, ROW, type Layout } from './layout.ts';
import { toneOf, type Tone } from './toneOf.ts';

/** A line between two things: from what belongs to what (`branch`), or from what waits to what it waits for (`wait`). */
export interface Edge {
  readonly key: string;
  readonly kind: 'branch' | 'wait';
  /** How whoever waits is doing. */
  readonly tone: Tone;
  readonly from: number;
  readonly to: number;
  /** The `d` of an SVG path, in rem. */
  readonly path: string;
}

interface Spot {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** The lines of a graph that is laid out. */
export function edges({ cards }: Layout): readonly Edge[] {
  const spots = new Map<number, Spot>();
  for (const { node, x, y, width, rows } of cards) {
    spots.set(node.id, { left: x, right: x + width, y: y + HEAD / 2 });
    for (const row of rows) {
      const left = x + row.x + indentOf(row.depth);
      spots.set(row.node.id, { left, right: x + row.x + row.width, y: y + row.y + ROW / 2 });
    }
  }

  const branches = cards.flatMap(({ x, y, node, rows }) =>
    rows.map((row): Edge => {
      const rail = x + row.x + indentOf(row.depth) - 0.55;
      const end = y + row.y + ROW / 2;
      const path = `M${n(rail)} ${n(y + row.y - (row.y === HEAD ? 0.35 : ROW / 2))}V${n(end)}h.35`;
      const parent = row.node.within ?? node.id;
      return { key: `${parent}>${row.node.id}`, kind: 'branch', tone: 'calm', from: parent, to: row.node.id, path };
    }),
  );
  const waits = cards
    .flatMap(({ node, rows }) => [node, ...rows.map((row) => row.node)])
    .flatMap((node) =>
      node.waits.flatMap(({ on }, i): readonly Edge[] => {
        const { id } = node;
        const [from, to] = [spots.get(id), on === undefined ? undefined : spots.get(on)];
        if (!from || !to || on === undefined || on === id) return [];
        return [{ key: `${id}-${i}-${on}`, kind: 'wait', tone: toneOf(node), from: id, to: on, path: curve(from, to) }];
      }),
    );
  return [...branches, ...waits];
}

/** How far a row stands in, in rem. */
export function indentOf(depth: number): number {
  return 0.7 + depth * 0.6;
}

function curve(from: Spot, to: Spot): string {
  const isApart = to.left >= from.right || from.left >= to.right;
  if (!isApart) {
    // In the same column: round the right side, where no name stands.
    const bulge = Math.max(from.right, to.right) + 0.8;
    return `M${n(from.right)} ${n(from.y)}C${n(bulge)} ${n(from.y)} ${n(bulge)} ${n(to.y)} ${n(to.right)} ${n(to.y)}`;
  }
  const [start, end] = to.left >= from.right ? [from.right, to.left] : [from.left, to.right];
  const middle = (start + end) / 2;
  return `M${n(start)} ${n(from.y)}C${n(middle)} ${n(from.y)} ${n(middle)} ${n(to.y)} ${n(end)} ${n(to.y)}`;
}

function n(value: number): string {
  return value.toFixed(2);
}
