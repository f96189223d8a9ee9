import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sseFrame } from '../../../lib/adapters/http/sseFrame.ts';
import type { InspectedNode } from '../../../lib/contracts/inspection.ts';
import type { LiveView } from '../../../lib/contracts/liveView.ts';
import type { LiveQuery } from '../../../lib/systems/console/liveQuery.ts';
import { MOST_EVENT_BYTES, nextEvent, type Known } from '../../../lib/systems/console/nextEvent.ts';
import { sampleOf } from '../../../lib/systems/console/sample.ts';
import { runs } from '../../support/seed.ts';
import { applied } from './support/applied.ts';
import { FIGURES } from './support/figures.ts';

const ALL: LiveQuery = { kinds: new Set(), limit: 200 };

const node = (id: number, more: Partial<InspectedNode> = {}): InspectedNode => ({
  ...{ id, kind: 'subscriber', name: `n${id}`, figures: {}, counts: {}, needs: 'any', waits: [] },
  ...more,
});
const sample = (nodes: readonly InspectedNode[], { time = 1_000, omitted = 0, figures = FIGURES } = {}) =>
  sampleOf({ time, nodes, omitted }, new Map(), figures);
const view = (nodes: readonly InspectedNode[], query: Partial<LiveQuery> = {}): LiveView =>
  JSON.parse(nextEvent(sample(nodes), { ...ALL, ...query }, undefined).event!.data) as LiveView;
const ids = ({ nodes }: LiveView) => nodes.map(({ id }) => id);

/** Texts of every kind that is unpleasant to encode, some of them very long. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', '', '\u2028\n\r"\\', '\ud800', '𝒳'.repeat(60)),
  fc.nat(100_000).map((length) => '"'.repeat(length)),
);
const figure = fc.dictionary(fc.constantFrom('waiting', 'capacity', 'blocked', 'alertSince', '__proto__'), fc.nat(100));
const graph = fc
  .array(fc.record({ kind: hostile, name: hostile, figures: figure, counts: figure, how: hostile, parent: fc.nat() }), {
    maxLength: 40,
  })
  .map((all) =>
    all.map(({ kind, name, figures, counts, how, parent }, i): InspectedNode => {
      const within = i > 0 && parent % 3 > 0 ? { within: parent % i } : {};
      return node(i, { kind, name, figures, counts, waits: [{ how }], ...within });
    }),
  );
const query = fc.record({
  kinds: fc.constantFrom<ReadonlySet<string>>(new Set(), new Set(['__proto__'])),
  within: fc.option(fc.nat(10), { nil: undefined }),
  name: fc.constantFrom(undefined, '"', 'o'),
  limit: fc.integer({ min: 1, max: 200 }),
});

describe('what a client is told', () => {
  it('is what a new client is told, once all deltas are applied', () => {
    fc.assert(
      fc.property(fc.array(graph, { minLength: 1, maxLength: 4 }), query, (graphs, asked) => {
        let known: Known | undefined;
        let client: LiveView | undefined;
        graphs.forEach((nodes, i) => {
          const now = sample(nodes, { time: i });
          const next = nextEvent(now, asked, known);
          const whole = nextEvent(now, asked, undefined).event!;
          if (next.event) client = applied(client, next.event.event!, next.event.data);
          known = next.known;
          expect({ ...client, time: i }).toEqual(applied(undefined, 'graph', whole.data));
        });
      }),
      runs(200),
    );
  });

  it('is never longer than 64 KiB, whatever names there are, and lists as many as are asked for', () => {
    fc.assert(
      fc.property(graph, graph, query, (before, after, asked) => {
        const first = nextEvent(sample(before), asked, undefined);
        const second = nextEvent(sample(after), asked, first.known);
        for (const event of [first.event, second.event]) {
          if (!event) continue;
          expect(Buffer.byteLength(sseFrame(event))).toBeLessThanOrEqual(MOST_EVENT_BYTES);
        }
        expect(second.known.nodes.size).toBeLessThanOrEqual(asked.limit);
      }),
      runs(200),
    );
  });

  it('has 200 nodes of the longest names an inspection gives cut down to what fits, and counts the others', () => {
    const nodes = Array.from({ length: 200 }, (_, i) =>
      node(i, { name: '\u3042'.repeat(123), waits: Array.from({ length: 16 }, () => ({ how: '"'.repeat(259) })) }),
    );
    const { event } = nextEvent(sample(nodes), ALL, undefined);
    const { nodes: listed, omitted } = JSON.parse(event!.data) as LiveView;
    expect(Buffer.byteLength(sseFrame(event!))).toBeLessThanOrEqual(MOST_EVENT_BYTES);
    expect(listed.length).toBeGreaterThan(3);
    expect(listed.length + omitted).toBe(200);
  });

  it('is nothing where nothing has changed, the time aside, and only the process on a beat', () => {
    const nodes = [node(1)];
    const { known } = nextEvent(sample(nodes), ALL, undefined);
    expect(nextEvent(sample(nodes, { time: 2_000 }), ALL, known).event).toBeUndefined();
    const figures = { ...FIGURES, cpu: 0.5 };
    const beat = nextEvent(sample(nodes, { time: 2_000, figures }), ALL, known).event!;
    expect(JSON.parse(beat.data)).toEqual({ time: 2_000, process: figures, nodes: [], gone: [] });
  });

  it('has whole nodes that changed and the ids of those that are gone', () => {
    const rest = Array.from({ length: 20 }, (_, i) => node(10 + i));
    const { known } = nextEvent(sample([node(1), node(2), ...rest]), ALL, undefined);
    const changed = node(2, { figures: { waiting: 3 } });
    const delta = nextEvent(sample([changed, node(3, { kind: 'topic' }), ...rest]), ALL, known).event!;
    expect(delta.event).toBe('delta');
    expect(JSON.parse(delta.data)).toMatchObject({ totals: { subscriber: 21, topic: 1 }, gone: [1] });
    expect(ids(JSON.parse(delta.data) as LiveView)).toEqual([2, 3]);
  });

  it('is a graph where a delta would not be shorter', () => {
    const { known } = nextEvent(sample([node(1)]), ALL, undefined);
    const other = node(2, { kind: 'topic', figures: { alertSince: 1 } });
    const now = sample([other], { omitted: 3, figures: { ...FIGURES, cpu: 0.5 } });
    expect(nextEvent(now, ALL, known).event!.event).toBe('graph');
  });
});

describe('which nodes are listed', () => {
  const tree = [
    node(1, { kind: 'topic', name: 'b' }),
    node(2, { kind: 'topic', name: 'a' }),
    node(3, { name: 'b/calm', within: 1 }),
    node(4, { name: 'b/full', within: 1, figures: { waiting: 9, capacity: 10 } }),
    node(5, { name: 'b/alert', within: 1, figures: { alertSince: 1 } }),
    node(6, { name: 'b/blocked', within: 1, figures: { blocked: 2 } }),
    node(7, { name: 'A/Mail', within: 2 }),
  ];

  it('are in the order of names at the top, and below by how much they need a look', () => {
    expect(ids(view(tree))).toEqual([2, 7, 1, 5, 6, 4, 3]);
  });

  it('keeps those that need a look, with what they are within, and counts the others', () => {
    const { nodes, omitted, totals, alerts } = view(tree, { limit: 3 });
    expect(nodes.map(({ id }) => id)).toEqual([1, 5, 6]);
    expect([omitted, totals, alerts]).toEqual([4, { topic: 2, subscriber: 5 }, 1]);
  });

  it.each<[string, Partial<LiveQuery>, readonly number[]]>([
    ['of a kind', { kinds: new Set(['topic']) }, [2, 1]],
    ['of several kinds', { kinds: new Set(['topic', 'none']) }, [2, 1]],
    ['with a part of a name, whatever the case', { name: 'mail' }, [7]],
    ['within a node, with that node', { within: 2 }, [2, 7]],
    ['within a node that is none', { within: 99 }, []],
    ['of all of it together', { within: 1, name: 'b/', kinds: new Set(['subscriber']) }, [5, 6, 4, 3]],
  ])('%s', (_, asked, expected) => {
    expect(ids(view(tree, asked))).toEqual(expected);
    expect(view(tree, asked)).toMatchObject({ omitted: 0, alerts: 1, totals: { topic: 2, subscriber: 5 } });
  });

  it('do not change places for small changes of what waits', () => {
    const lanes = (first: number, second: number) => [
      node(1, { figures: { waiting: first, capacity: 100 } }),
      node(2, { figures: { waiting: second, capacity: 100 } }),
    ];
    expect(ids(view(lanes(1, 9), { limit: 1 }))).toEqual([1]);
    expect(ids(view(lanes(1, 10), { limit: 1 }))).toEqual([2]);
  });

  it('counts what the inspection has left out', () => {
    const { omitted } = JSON.parse(
      nextEvent(sample([node(1)], { omitted: 5 }), ALL, undefined).event!.data,
    ) as LiveView;
    expect(omitted).toBe(5);
  });

  it('reaches no prototype', () => {
    const data = nextEvent(sample([node(1, { kind: '__proto__', name: 'constructor' })]), ALL, undefined).event!.data;
    expect(data).toContain('"totals":{"__proto__":1}');
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
