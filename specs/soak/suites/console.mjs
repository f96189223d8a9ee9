import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { quantile } from '../../bench/support/stats.mjs';
import { figure } from '../support/figure.mjs';

const TOPICS = 10;
const LANES = 1_000;
const CLIENTS = 16;
const MOST_EVENT_BYTES = 64 * 1024;

export const checks = [{ name: '10,000 busy lanes, 16 clients', heapMb: 256, quickly: 0.2, run: watched }];

/** Half of the lanes are stuck and full, the others change all the time; every client takes what it gets. */
async function watched({ rxfan, dist, share }) {
  const part = (file) => import(pathToFileURL(path.join(dist, 'lib/systems/console', file)));
  const [{ startInspection, snapshot, Topic }, { sseFrame }] = await Promise.all([
    rxfan(),
    import(pathToFileURL(path.join(dist, 'lib/adapters/http/sseFrame.js'))),
  ]);
  const [{ createSampler }, { liveEvents }, { watchProcess }] = await Promise.all(
    ['createSampler.js', 'liveEvents.js', 'watchProcess.js'].map(part),
  );
  startInspection({ maxNodes: 20_000 });
  const topics = Array.from({ length: TOPICS }, (_, t) => new Topic({ name: `topic-${t}` }));
  for (const topic of topics) {
    for (let l = 0; l < LANES; l++) {
      const handle = l % 2 === 0 ? () => new Promise(() => undefined) : () => Promise.resolve();
      topic.deliver({ id: `lane-${l}`, handle, bufferSize: 20, overflow: 'dropOldest' });
    }
  }
  let next = 0;
  const publishing = setInterval(() => topics[next++ % TOPICS].next(next), 20);

  const took = [];
  const timed = () => {
    const began = performance.now();
    const graph = snapshot();
    took.push(performance.now() - began);
    return graph;
  };
  const samples$ = createSampler({ snapshot: timed, watchProcess });
  const sizes = [];
  const clients = Array.from({ length: CLIENTS }, () =>
    liveEvents(samples$, { kinds: new Set(), limit: 200 })[Symbol.asyncIterator](),
  );
  const seconds = 60 * share;
  const before = performance.eventLoopUtilization();
  const reading = clients.map(async (client) => {
    for (let one = await client.next(); !one.done; one = await client.next())
      sizes.push(Buffer.byteLength(sseFrame(one.value)));
  });
  await wait(seconds * 1_000);
  const { utilization } = performance.eventLoopUtilization(before);
  await Promise.all(clients.map((client) => client.return()));
  clearInterval(publishing);
  await Promise.all(reading);

  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return [
    figure('ms of a snapshot, median', quantile(took, 0.5)),
    figure('ms of a snapshot, longest', quantile(took, 1)),
    figure('samples a second', took.length / seconds, { atMost: 5.5 }),
    figure('longest event, bytes', quantile(sizes, 1), { atMost: MOST_EVENT_BYTES }),
    figure('bytes a second and client', bytes / seconds / CLIENTS, { atMost: 5.5 * MOST_EVENT_BYTES }),
    figure('use of the event loop, the publisher included', utilization),
  ];
}
