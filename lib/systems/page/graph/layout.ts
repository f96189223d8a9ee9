import type { LiveNode } from '../../../contracts/liveView.ts';

/** One thing below another in its card. */
export interface PlacedRow {
  readonly node: LiveNode;
  /** 1 for what belongs to the card's own thing, 2 for what belongs to that, and so on. */
  readonly depth: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A top-level thing and all that belongs to it. Rows stand where they do in the card. */
export interface PlacedCard {
  readonly node: LiveNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly rows: readonly PlacedRow[];
}

/** Where everything stands, in rem. */
export interface Layout {
  readonly cards: readonly PlacedCard[];
  readonly width: number;
  readonly height: number;
}

/** In rem, as page.css has them. */
export const HEAD = 2.6;
export const ROW = 1.9;
const PADDING = 0.5;
const GAP = 1;
const COLUMN = 32;
/** A card with more rows than this takes the whole width, and sets its rows in columns. */
const TALL = 24;

const order = new Intl.Collator('en', { numeric: true });

/** Cards in columns, each into the column that is shortest so far, in the order of their names: the same things stand in the same places. */
export function layout(nodes: readonly LiveNode[], width: number): Layout {
  const known = new Set(nodes.map(({ id }) => id));
  const below = new Map<number | undefined, LiveNode[]>();
  for (const node of nodes) {
    const parent = node.within !== undefined && known.has(node.within) ? node.within : undefined;
    below.set(parent, [...(below.get(parent) ?? []), node]);
  }
  const sorted = (parent: number | undefined) =>
    (below.get(parent) ?? []).toSorted((a, b) => order.compare(a.name, b.name) || a.id - b.id);

  const columns = Math.max(1, Math.floor((width + GAP) / (COLUMN + GAP)));
  const columnWidth = (width - GAP * (columns - 1)) / columns;
  const bottoms = Array.from({ length: columns }, () => 0);
  const cards = sorted(undefined).map((node): PlacedCard => {
    const rows = rowsOf(node, 1);
    const isWide = rows.length > TALL && columns > 1;
    const span = isWide ? columns : 1;
    const perColumn = Math.ceil(rows.length / span);
    const bottom = Math.max(...(isWide ? bottoms : [Math.min(...bottoms)]));
    const column = isWide ? 0 : bottoms.indexOf(bottom);
    const height = HEAD + perColumn * ROW + (rows.length > 0 ? PADDING : 0);
    bottoms.fill(bottom + height + GAP, column, column + span);
    const inner = isWide ? width : columnWidth;
    const rowWidth = inner / span;
    return {
      node,
      x: column * (columnWidth + GAP),
      y: bottom,
      width: inner,
      height,
      rows: rows.map(({ node: row, depth }, i) => ({
        node: row,
        depth,
        x: Math.floor(i / perColumn) * rowWidth,
        y: HEAD + (i % perColumn) * ROW,
        width: rowWidth,
      })),
    };
  });
  return { cards, width, height: Math.max(0, ...bottoms.map((bottom) => bottom - GAP)) };

  function rowsOf({ id }: LiveNode, depth: number): readonly { readonly node: LiveNode; readonly depth: number }[] {
    return sorted(id).flatMap((node) => [{ node, depth }, ...rowsOf(node, depth + 1)]);
  }
}
