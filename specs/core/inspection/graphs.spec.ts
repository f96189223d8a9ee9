import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InspectedNode, InspectionGraph } from '../../../lib/contracts/inspection.ts';
import { explain } from '../../../lib/core/inspection/explain.ts';
import { progressOf } from '../../../lib/core/inspection/progressOf.ts';
import { ratesBetween } from '../../../lib/core/inspection/ratesBetween.ts';
import { toDot } from '../../../lib/core/inspection/toDot.ts';
import { toJson } from '../../../lib/core/inspection/toJson.ts';
import { toMermaid } from '../../../lib/core/inspection/toMermaid.ts';
import { runs } from '../../support/seed.ts';

const wait = fc.record(
  {
    subject: fc.constantFrom('its 2 attempts', 'one of its 2 attempts'),
    how: fc.constantFrom('waits for', 'is blocked by', 'is paused'),
    on: fc.nat({ max: 14 }), // some lead nowhere
    called: fc.string({ maxLength: 8 }),
  },
  { requiredKeys: ['how'] },
);
const graphs = fc
  .array(
    fc.record({
      name: fc.string({ unit: 'binary', maxLength: 12 }),
      needs: fc.constantFrom<InspectedNode['needs']>('all', 'any'),
      waits: fc.array(wait, { maxLength: 3 }),
      figures: fc.record({ waiting: fc.nat(), capacity: fc.nat(), running: fc.nat() }, { requiredKeys: [] }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((nodes): InspectionGraph => ({
    time: 0,
    omitted: 0,
    nodes: nodes.map((node, id) => ({ ...node, id, kind: 'part', counts: {}, ...(id > 3 && { within: id % 3 }) })),
  }));

/** Whoever can go on, by trying until nothing changes. */
function goingOn(nodes: readonly InspectedNode[]): ReadonlySet<number> {
  const going = new Set<number>();
  const isFree = ({ on }: InspectedNode['waits'][number]) =>
    on === undefined || going.has(on) || !nodes.some(({ id }) => id === on);
  for (let before = -1; before !== going.size;) {
    before = going.size;
    for (const { id, needs, waits } of nodes) {
      if (needs === 'any' && waits.length > 0 ? waits.some(isFree) : waits.every(isFree)) going.add(id);
    }
  }
  return going;
}

const chainOf = (count: number, last: Partial<InspectedNode>): InspectionGraph => ({
  time: 0,
  omitted: 0,
  nodes: Array.from({ length: count }, (_, id) => ({
    id,
    kind: 'part',
    name: String(id),
    figures: {},
    counts: {},
    needs: 'all' as const,
    waits: [{ how: 'waits for', on: id + 1 }],
    ...(id === count - 1 && last),
  })),
});

describe('explain', () => {
  it('ends, blames along what is waited for, and calls a circle a deadlock if and only if nobody in it can go on', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const going = goingOn(graph.nodes);
        expect(new Set(progressOf(graph.nodes).keys())).toEqual(going);
        for (const { id } of graph.nodes) {
          const { sentence, chain, deadlock } = explain(id, graph);
          expect(sentence).not.toBe('');
          expect(chain[0]).toBe(id);
          expect(new Set(chain).size).toBe(chain.length);
          for (const [i, next] of chain.slice(1).entries()) {
            expect(graph.nodes[chain[i]!]!.waits.map(({ on }) => on)).toContain(next);
          }
          expect(deadlock.length > 0).toBe(!going.has(id));
          for (const member of deadlock) expect(going.has(member)).toBe(false);
          expect(sentence.includes('a deadlock of')).toBe(deadlock.length > 0);
        }
      }),
      runs(500),
    );
  });

  it('leaves out the middle of a long chain, not who is to blame', () => {
    const { sentence, chain } = explain(0, chainOf(5_000, { waits: [{ how: 'is paused' }] }));
    expect(chain).toHaveLength(5_000);
    expect(sentence.length).toBeLessThan(1_000);
    expect(sentence).toContain("(and 4,984 more) and so on to part '4992'");
    expect(sentence.endsWith("part '4999', which is paused")).toBe(true);
  });

  it('names a few of the members of a large deadlock, and knows all', () => {
    const { sentence, deadlock } = explain(0, chainOf(5_000, { waits: [{ how: 'waits for', on: 0 }] }));
    expect(deadlock).toHaveLength(5_000);
    expect(sentence).toContain("part '14' and 4,985 more");
    expect(sentence.length).toBeLessThan(1_500);
  });

  it('throws for a node that is not there', () => {
    const graph = chainOf(1, { waits: [] });
    expect(explain({ name: '0' }, graph).sentence).toBe("part '0' waits for nothing");
    expect(() => explain(7, graph)).toThrow('node must be one of the graph, not 7');
    expect(() => explain({ kind: 'topic', name: '0' }, graph)).toThrow('node must be one of the graph, not "0"');
  });
});

describe('a graph as text', () => {
  const hostile = '"]; click n1 "javascript:x" \\ <b>%%{init}%%</b>\nn1 --> n2 #quot; `';
  const graph: InspectionGraph = {
    time: 5,
    omitted: 0,
    nodes: [
      {
        id: 1,
        kind: 'topic',
        name: hostile,
        figures: {},
        counts: {},
        needs: 'all',
        waits: [{ how: 'is blocked by', on: 2 }],
      },
      {
        id: 2,
        within: 1,
        kind: 'subscriber',
        name: 'a',
        figures: { waiting: 1_000, capacity: 1_000, running: 4 },
        counts: {},
        needs: 'any',
        waits: [],
      },
    ],
  };

  it('is canonical JSON that can be read back', () => {
    const read = JSON.parse(toJson(graph)) as InspectionGraph;
    expect(read).toEqual(graph);
    expect(toJson(read)).toBe(toJson({ nodes: graph.nodes, omitted: 0, time: 5 }));
    expect(explain({ name: 'a' }, read)).toEqual(explain({ name: 'a' }, graph));
  });

  it('is a Mermaid flowchart, where a name is only a name', () => {
    const lines = toMermaid(graph).split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[0]).toBe('flowchart LR');
    expect(lines[1]).toMatch(/^ {2}n1\["topic [^"[\]<>\\`%;\n{}]*(?:#\d+;[^"[\]<>\\`%;\n{}]*)*"\]$/);
    expect(lines.slice(2)).toEqual([
      '  n2["subscriber a<br/>1,000 of 1,000 waiting, 4 running"]',
      '  n1 -.- n2',
      '  n1 -->|"is blocked by"| n2',
      '',
    ]);
  });

  it('is a graph in DOT, where a name is only a name', () => {
    const text = toDot(graph);
    // Quoted strings aside, nothing of the name is left.
    expect(text.replace(/"(?:[^"\\]|\\[^])*"/g, 'S').split('\n')).toEqual([
      'digraph rxfan {',
      '  node [shape=box];',
      '  n1 [label=S];',
      '  n2 [label=S];',
      '  n1 -> n2 [style=dotted, arrowhead=none];',
      '  n1 -> n2 [label=S];',
      '}',
      '',
    ]);
    expect(text).toContain('subscriber a\\n1,000 of 1,000 waiting, 4 running');
  });

  it('ends, for any graph', () => {
    fc.assert(
      fc.property(graphs, (any) => {
        expect(JSON.parse(toJson(any))).toEqual(JSON.parse(JSON.stringify(any)));
        const edges = any.nodes
          .flatMap(({ waits }) => waits)
          .filter(({ on }) => on !== undefined && on < any.nodes.length);
        const belonging = any.nodes.filter(({ within }) => within !== undefined);
        const lines = any.nodes.length + edges.length + belonging.length;
        expect(toMermaid(any).split('\n')).toHaveLength(lines + 2);
        expect(
          toDot(any)
            .replace(/"(?:[^"\\]|\\[^])*"/g, 'S')
            .split('\n'),
        ).toHaveLength(lines + 4);
      }),
      runs(300),
    );
  });
});

describe('rates', () => {
  const at = (time: number, counts: Readonly<Record<string, number>>, id = 1): InspectionGraph => ({
    time,
    omitted: 0,
    nodes: [{ id, kind: 'topic', name: 't', figures: {}, counts, needs: 'all', waits: [] }],
  });

  it('are what was counted between two snapshots, per second', () => {
    const rates = ratesBetween(at(1_000, { published: 10 }), at(3_000, { published: 30, dropped: 4 }));
    expect(rates).toEqual(new Map([[1, { published: 10, dropped: 2 }]]));
  });

  it('are none for what is only in one of them, and where no time has gone by', () => {
    expect(ratesBetween(at(0, { published: 1 }, 1), at(1, { published: 2 }, 2))).toEqual(new Map());
    expect(ratesBetween(at(5, { published: 1 }), at(5, { published: 2 }))).toEqual(new Map());
  });
});
