import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout } from 'node:timers';
import { bestOf } from '../support/measure.mjs';
import { loadRxfan } from '../support/rxfan.mjs';
import { quantile } from '../support/stats.mjs';

export const title =
  'a receiver at 1 000 events/s with three routes, some of which misbehave; next beside lines that are full';
export const unit = 'events/s';
export const limit = 'all healthy';
export const rounds = (quick) => (quick ? 3 : 5); // a percentile of one short round is the machine's

const EVENTS_PER_SECOND = 1_000;
const FLOOD = 10; // events that a flooding route makes of each
const WARM = 10_000; // events before those that count: a server has served
const PACED = '1 000 events/s, 3 routes';
const FULL = 'next, all lines full';

export function cases() {
  return [{ id: PACED }, { id: FULL }];
}

const isPaced = ({ id }) => id === PACED;
const isFull = ({ id }) => id === FULL;

const NOTHING = { handle: () => undefined };
const STUCK = { overflow: 'dropOldest', bufferSize: 100, handle: () => new Promise(() => {}) };
const THROWING = {
  handle() {
    throw new Error('no');
  },
};

export const contestants = [
  {
    name: limit,
    what: 'two beside it that do nothing',
    when: isPaced,
    load: loadRxfan,
    neighbours: () => [NOTHING, NOTHING],
  },
  {
    name: 'one stuck',
    what: 'one that does nothing, one that never ends',
    when: isPaced,
    load: loadRxfan,
    neighbours: () => [NOTHING, STUCK],
  },
  {
    name: 'stuck, throwing and flooding',
    fullOnly: true, // on a busy machine it is the machine that is measured: virtual time has the proof
    what: 'one that never ends, one that always throws, one that makes ten events of each for another receiver',
    when: isPaced,
    load: loadRxfan,
    neighbours: (flood) => [STUCK, THROWING, { handle: flood }],
  },
  ...[1, 10, 100].map((routes) => ({
    name: `${routes} full`,
    what: `${routes} stuck routes with 1 000 events waiting at each`,
    when: isFull,
    load: loadRxfan,
    routes,
    bufferSize: 1_000,
  })),
  {
    name: '10 full, 20 times as long',
    what: '10 stuck routes with 20 000 events waiting at each',
    when: isFull,
    load: loadRxfan,
    routes: 10,
    bufferSize: 20_000,
  },
];

export async function measure({ id }, contestant, { createReceiver }, quick) {
  return id === PACED ? paced(contestant, createReceiver, quick) : full(contestant, createReceiver, quick);
}

async function paced({ neighbours }, createReceiver, quick) {
  const receiver = createReceiver({ tenant: 'acme', name: 'orders' });
  const noise = createReceiver({ tenant: 'acme', name: 'noise' });
  noise.addRoute({ id: 'noisy', overflow: 'dropOldest', handle: () => new Promise(setImmediate) });
  const flood = () => {
    for (let n = 0; n < FLOOD; n++) noise.next(n);
  };
  const took = [];
  const calls = [];
  receiver.addRoute({
    id: 'healthy',
    concurrency: 100,
    handle: (at) => new Promise((resolve) => setTimeout(resolve, 1)).then(() => void took.push(performance.now() - at)),
  });
  neighbours(flood).forEach((route, i) => receiver.addRoute({ id: `neighbour ${i}`, ...route }));

  const allTaken = async (events) => {
    const late = performance.now() + 2_000;
    while (took.length < events && performance.now() < late) await new Promise(setImmediate);
    if (took.length !== events) throw new Error(`Error: the healthy route handled ${took.length} of ${events}`);
  };

  for (let sent = 0; sent < WARM; sent++) {
    receiver.next(performance.now());
    if (sent % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await allTaken(WARM);
  took.length = 0;

  const events = (quick ? 2 : 10) * EVENTS_PER_SECOND;
  const from = performance.now();
  while (calls.length < events) {
    const due = Math.min(((performance.now() - from) / 1_000) * EVENTS_PER_SECOND, events);
    while (calls.length < due) {
      const before = performance.now();
      receiver.next(before);
      calls.push(performance.now() - before);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await allTaken(events);
  return { 'next p99, ms': quantile(calls, 0.99), 'latency p99, ms': quantile(took, 0.99) };
}

/** What one `next` costs at each of the routes: every line is full, so an event goes out for each that comes in. */
async function full({ routes, bufferSize }, createReceiver, quick) {
  const receiver = createReceiver({ tenant: 'acme', name: 'orders', ackTimeoutMs: Infinity });
  for (let i = 0; i < routes; i++) receiver.addRoute({ ...STUCK, id: `stuck ${i}`, bufferSize });
  for (let i = 0; i <= bufferSize; i++) receiver.next(i);

  const batch = Math.ceil(20_000 / routes);
  const ms = await bestOf(
    async () => {
      for (let i = 0; i < batch; i++) receiver.next(i);
      await new Promise(setImmediate);
    },
    { budgetMs: quick ? 500 : 2_500 },
  );
  const [stats] = receiver.stats().routes.values();
  if (stats.waiting !== bufferSize) throw new Error(`Error: ${stats.waiting} wait, not ${bufferSize}`);
  return { 'next per route, ns': (ms * 1e6) / batch / routes };
}

export function figures(results) {
  const fact = (example, who, name) => results.fact(example, who, name);
  const latency = (who) => fact(PACED, who, 'latency p99, ms');
  const perRoute = (who) => fact(FULL, who, 'next per route, ns');
  const all = 'stuck, throwing and flooding';
  const ofPaced = [
    ...['one stuck', all].map((who) => ({
      figure: `next p99, ms: ${who}`,
      value: fact(PACED, who, 'next p99, ms'),
      atMost: 0.05,
    })),
    {
      figure: `latency p99: ${all} / 1.2 x ${limit} + 1 ms`,
      value: latency(all) && latency(all) / (1.2 * latency(limit) + 1), // undefined where it took no part
      atMost: 1,
    },
  ];
  const ofFull = [
    ['10 full', '1 full'],
    ['100 full', '10 full'],
    ['10 full, 20 times as long', '10 full'],
  ].map(([who, than]) => ({
    figure: `next per route: ${who} / ${than}`,
    value: perRoute(who) / perRoute(than),
    atMost: 1.5,
  }));
  return [...(results.cases.has(PACED) ? ofPaced : []), ...(results.cases.has(FULL) ? ofFull : [])];
}
