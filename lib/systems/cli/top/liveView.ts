import * as t from 'io-ts';
import type { Codec } from '../../../contracts/codec.ts';
import type { LiveDelta, LiveView } from '../../../contracts/liveView.ts';

const Numbers = t.record(t.string, t.number);
const Wait = t.intersection([
  t.type({ how: t.string }),
  t.partial({ subject: t.string, on: t.number, called: t.string }),
]);
const Node = t.intersection([
  t.type({ id: t.number, kind: t.string, name: t.string, figures: Numbers, rates: Numbers, counts: Numbers }),
  t.type({ waits: t.array(Wait) }),
  t.partial({ within: t.number }),
]);
const Process = t.type({
  uptimeMs: t.number,
  lagP99Ms: t.number,
  lagMaxMs: t.number,
  heapUsedBytes: t.number,
  heapTotalBytes: t.number,
  residentBytes: t.number,
  cpu: t.number,
});

/** What runs, as a server tells it. */
export const liveView: Codec<LiveView> = t.type(
  { time: t.number, process: Process, totals: Numbers, alerts: t.number, omitted: t.number, nodes: t.array(Node) },
  'a view of what runs',
);

/** What has changed since the view before. */
export const liveDelta: Codec<LiveDelta> = t.intersection(
  [
    t.type({ time: t.number, nodes: t.array(Node), gone: t.array(t.number) }),
    t.partial({ process: Process, totals: Numbers, alerts: t.number, omitted: t.number }),
  ],
  'a change of what runs',
);
