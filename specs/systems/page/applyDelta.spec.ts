import { describe, expect, it } from 'vitest';
import type { LiveNode, LiveView } from '../../../lib/contracts/liveView.ts';
import { applyDelta } from '../../../lib/systems/page/live/applyDelta.ts';
import { noHistory, withSample } from '../../../lib/systems/page/live/processHistory.ts';

const node = (id: number, name = `node ${id}`): LiveNode => ({
  ...{ id, kind: 'topic', name, figures: {}, rates: {}, counts: {}, waits: [] },
});
const process = {
  ...{ uptimeMs: 1, lagP99Ms: 0, lagMaxMs: 0, heapUsedBytes: 1, heapTotalBytes: 2, residentBytes: 3, cpu: 0 },
};
const view: LiveView = { time: 1, process, totals: { topic: 2 }, alerts: 0, omitted: 0, nodes: [node(1), node(2)] };

describe('changes of a live view', () => {
  it('takes out what is gone, changes what is told whole, and leaves the rest as it is', () => {
    const after = applyDelta(view, { time: 2, alerts: 1, nodes: [node(2, 'other'), node(3)], gone: [1] });
    expect(after).toEqual({ ...view, time: 2, alerts: 1, nodes: [node(2, 'other'), node(3)] });
  });

  it('keeps the nodes themselves where nothing is told of them', () => {
    expect(applyDelta(view, { time: 2, nodes: [], gone: [] }).nodes).toBe(view.nodes);
    expect(applyDelta(view, { time: 2, nodes: [node(2, 'b')], gone: [] }).nodes[0]).toBe(view.nodes[0]);
  });
});

describe('the history of a process', () => {
  it('keeps a sample a second for two minutes, whatever comes', () => {
    let history = noHistory;
    for (let time = 0; time < 600_000; time += 200) history = withSample(history, { ...view, time });
    expect(history.length).toBeLessThanOrEqual(121);
    expect(history.at(-1)!.time - history[0]!.time).toBeLessThan(120_000);
  });

  it('begins anew where the clock of the server went back', () => {
    const history = withSample(withSample(noHistory, { ...view, time: 90_000 }), { ...view, time: 5_000 });
    expect(history.map(({ time }) => time)).toEqual([5_000]);
  });
});
