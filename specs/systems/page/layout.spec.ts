import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveNode } from '../../../lib/contracts/liveView.ts';
import { edges } from '../../../lib/systems/page/graph/edges.ts';
import { layout, type Layout } from '../../../lib/systems/page/graph/layout.ts';

function node(id: number, name: string, within?: number, on?: number): LiveNode {
  return {
    ...{ id, kind: 'topic', name, figures: {}, rates: {}, counts: {} },
    ...(within !== undefined && { within }),
    waits: on === undefined ? [] : [{ how: 'waits for', on }],
  };
}

/** Every node once, parents before what belongs to them; some parents are not listed. */
const graphs = fc
  .array(fc.record({ name: fc.string(), within: fc.option(fc.nat(60)), on: fc.option(fc.nat(60)) }), { maxLength: 60 })
  .map((all) =>
    all.map(({ name, within, on }, i) => {
      const parent = within === null ? undefined : within < i ? within : within + 1_000;
      return node(i, name, parent, on ?? undefined);
    }),
  );

const idsOf = ({ cards }: Layout) =>
  cards.flatMap(({ node: top, rows }) => [top.id, ...rows.map((row) => row.node.id)]);

describe('layout of the graph', () => {
  it('places every node once, also where what it belongs to is not listed', () => {
    fc.assert(
      fc.property(graphs, fc.integer({ min: 20, max: 200 }), (nodes, width) => {
        expect(idsOf(layout(nodes, width)).sort((a, b) => a - b)).toEqual(nodes.map(({ id }) => id));
      }),
    );
  });

  it('lays no card over another, and none beyond the width', () => {
    fc.assert(
      fc.property(graphs, fc.integer({ min: 20, max: 200 }), (nodes, width) => {
        const { cards, height } = layout(nodes, width);
        for (const [i, a] of cards.entries()) {
          expect(a.x + a.width).toBeLessThanOrEqual(width + 1e-6);
          expect(a.y + a.height).toBeLessThanOrEqual(height + 1e-6);
          for (const b of cards.slice(i + 1)) {
            const isApart =
              a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
            expect(isApart).toBe(true);
          }
        }
      }),
    );
  });

  it('puts the same things in the same places, in whatever order they come', () => {
    const nodes = [node(1, 'b'), node(2, 'a'), node(3, 'b/lane 10', 1), node(4, 'b/lane 9', 1), node(5, 'c')];
    expect(layout(nodes.toReversed(), 100)).toEqual(layout(nodes, 100));
    expect(idsOf(layout(nodes, 100))).toEqual([2, 1, 4, 3, 5]);
  });

  it('gives a card with many rows the whole width', () => {
    const nodes = [node(0, 'a'), ...Array.from({ length: 60 }, (_, i) => node(i + 1, `a/${i}`, 0))];
    const [card] = layout(nodes, 100).cards;
    expect(card!.width).toBe(100);
    expect(new Set(card!.rows.map(({ x }) => x)).size).toBe(3);
  });

  it('draws a line for each row, and for each wait on another thing that is listed', () => {
    const nodes = [node(1, 'a', undefined, 3), node(2, 'a/x', 1, 99), node(3, 'b', undefined, 3)];
    expect(edges(layout(nodes, 100)).map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['branch', 1, 2],
      ['wait', 1, 3],
    ]);
  });
});
