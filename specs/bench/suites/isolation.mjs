import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers';
import { loadRxfan } from '../support/rxfan.mjs';
import { quantile } from '../support/stats.mjs';

export const title = '1 000 events/s to a subscriber with a timer of 1 ms, beside others that misbehave';
export const unit = 'events/s';
export const limit = 'alone';
export const rounds = (quick) => (quick ? 3 : 5); // a percentile of one short round is the machine's

const EVENTS_PER_SECOND = 1_000;
const FLOOD = 10; // values that a neighbour publishes for each
const NUMBERS = { name: 'number', decode: (right) => ({ _tag: 'Right', right }), encode: (value) => value };

export function cases() {
  return [{ id: '1 000 events/s' }];
}

export const contestants = [
  { name: 'alone', what: 'one subscriber', load: loadRxfan, neighbours: () => [] },
  {
    name: 'with one that is stuck',
    what: 'two that do nothing, and one that never ends',
    load: loadRxfan,
    neighbours: () => [{ handle: () => undefined }, STUCK],
  },
  {
    name: 'with stuck, throwing and flooding ones',
    fullOnly: true, // on a busy machine it is the machine that is measured: virtual time has the proof
    what: 'one that never ends, one that always throws, one that publishes ten times as much on another topic',
    load: loadRxfan,
    neighbours: (noise) => [STUCK, THROWING, { handle: () => flood(noise) }],
  },
];

const STUCK = { overflow: 'dropOldest', bufferSize: 100, handle: () => new Promise(() => {}) };
const THROWING = {
  handle() {
    throw new Error('no');
  },
};

function flood(noise) {
  for (let n = 0; n < FLOOD; n++) noise.next(n);
}

export async function measure(_, { neighbours }, { createTopics }, quick) {
  const topics = createTopics({ main: { codec: NUMBERS }, noise: { codec: NUMBERS } });
  const main = topics.topic('main');
  const noise = topics.topic('noise');
  const took = [];
  const calls = [];
  main.deliver({
    id: 'healthy',
    concurrency: 100,
    handle: (at) => new Promise((resolve) => setTimeout(resolve, 1)).then(() => void took.push(performance.now() - at)),
  });
  neighbours(noise).forEach((contract, i) => main.deliver({ id: `neighbour ${i}`, ...contract }));
  noise.deliver({ id: 'noisy', overflow: 'dropOldest', handle: () => new Promise(setImmediate) });

  const seconds = quick ? 1 : 5;
  for (let warm = 0; warm < 2; warm++) {
    took.length = calls.length = 0;
    const from = performance.now();
    for (let sent = 0; sent < seconds * EVENTS_PER_SECOND;) {
      const due = ((performance.now() - from) / 1_000) * EVENTS_PER_SECOND;
      for (; sent < due; sent++) {
        const before = performance.now();
        main.next(before);
        calls.push(performance.now() - before);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { 'next p99, ms': quantile(calls, 0.99), 'latency p99, ms': quantile(took, 0.99) };
}

export function figures(results) {
  const [{ id }] = cases();
  const [alone, stuck, all] = contestants.map(({ name }) => name);
  const fact = (who, name) => results.fact(id, who, name);
  const beside = fact(all, 'latency p99, ms');
  return [
    { figure: `next p99, ms: ${stuck}`, value: fact(stuck, 'next p99, ms'), atMost: 0.05 },
    {
      figure: `latency p99: ${all} / 1.2 x ${alone} + 1 ms`,
      value: beside && beside / (1.2 * fact(alone, 'latency p99, ms') + 1),
      atMost: 1,
    },
  ];
}
