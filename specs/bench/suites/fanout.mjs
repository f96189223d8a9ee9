import { setImmediate, setTimeout } from 'node:timers';
import * as rx from 'rxjs';
import { bestOf, heapInUse } from '../support/measure.mjs';
import { loadRxfan } from '../support/rxfan.mjs';
import { ringLimiter } from '../support/ringLimiter.mjs';

export const title =
  'a producer that does not wait feeds subscribers with a promise handler, at most 8 running at once';
export const unit = 'events/s';
export const limit = 'ring limiter';
export const rounds = (quick) => (quick ? 2 : 5);

const CONCURRENCY = 8;

const HANDLERS = {
  resolved: () => async () => undefined,
  immediate: () => () => new Promise(setImmediate),
  timer: () => () => new Promise((resolve) => setTimeout(resolve, 1)),
  never: () => () => new Promise(() => {}),
};

export function cases(quick) {
  const fanned = { subscribers: 4 };
  const backlog = { subscribers: 1, handler: 'resolved' };
  const all = [
    { id: 'resolved promise, 20k, 4 subscribers', handler: 'resolved', count: 20_000, ...fanned },
    { id: 'setImmediate, 20k, 4 subscribers', handler: 'immediate', count: 20_000, ...fanned },
    { id: 'timer of 1 ms, 4k, 4 subscribers', handler: 'timer', count: 4_000, ...fanned },
    { id: 'backlog of 10k', count: 10_000, ...backlog },
    { id: 'backlog of 100k', count: 100_000, ...backlog },
    { id: 'backlog of 1M', count: 1_000_000, ...backlog },
    { id: 'heap for 1M waiting', handler: 'never', count: 1_000_000, subscribers: 1, heap: true },
  ];
  const inShort = ['resolved promise, 20k, 4 subscribers', 'timer of 1 ms, 4k, 4 subscribers', 'backlog of 100k'];
  return quick ? all.filter(({ id }) => inShort.includes(id)) : all;
}

/** How many events a contestant is given, where the case has more than it can bear. */
const atMost = (count) => (example) => (example.heap ? example.count : Math.min(count, example.count));

export const contestants = [
  {
    name: 'ring limiter',
    what: 'hand-written: a counter, a ring of waiting values, one callback shared by all calls',
    open: (handlers) => {
      const idle = allOf(handlers.length);
      const pushes = handlers.map((handle) => ringLimiter(handle, CONCURRENCY, idle.one));
      return { publish: (value) => pushes.forEach((push) => push(value)), finish: () => idle.all };
    },
  },
  {
    name: 'ring limiter, fed by a Subject',
    fullOnly: true,
    what: 'the same behind an rxjs Subject, as an operator is: what any of them could reach',
    open: (handlers) => {
      const events = new rx.Subject();
      const idle = allOf(handlers.length);
      for (const handle of handlers) events.subscribe(ringLimiter(handle, CONCURRENCY, idle.one));
      return { publish: (value) => events.next(value), finish: () => idle.all };
    },
  },
  {
    name: 'rxfan mergeMapBounded',
    what: 'rxjs Subject, mergeMapBounded with room for all',
    load: loadRxfan,
    open: (handlers, { count }, { mergeMapBounded }) =>
      subject(handlers, (handle) => mergeMapBounded(handle, { concurrency: CONCURRENCY, bufferSize: count })),
  },
  {
    name: 'rxfan mergeMapBounded, 1 000 waiting',
    what: 'rxjs Subject, mergeMapBounded that drops what finds its line full',
    load: loadRxfan,
    when: (example) => example.heap === true,
    open: (handlers, _, { mergeMapBounded }) =>
      subject(handlers, (handle) =>
        mergeMapBounded(handle, { concurrency: CONCURRENCY, bufferSize: 1_000, overflow: 'dropNewest' }),
      ),
  },
  {
    name: 'rxjs mergeMap',
    what: 'rxjs Subject, mergeMap(handle, 8)',
    count: atMost(100_000),
    open: (handlers) => subject(handlers, (handle) => rx.mergeMap(handle, CONCURRENCY)),
  },
  {
    name: 'fastq',
    fullOnly: true,
    what: 'fastq with callbacks: the fastest queue on npm',
    load: async () => ({ fastq: (await import('fastq')).default }),
    open: (handlers, _, { fastq }) => {
      const idle = allOf(handlers.length);
      const ignore = () => {};
      const queues = handlers.map((handle) => {
        const queue = fastq((value, done) => void handle(value).then(() => done(null), done), CONCURRENCY);
        queue.drain = idle.one;
        return queue;
      });
      return { publish: (value) => queues.forEach((queue) => queue.push(value, ignore)), finish: () => idle.all };
    },
  },
  {
    name: 'p-queue',
    fullOnly: true,
    what: 'p-queue, a promise per event',
    count: atMost(100_000),
    load: async () => ({ PQueue: (await import('p-queue')).default }),
    open: (handlers, _, { PQueue }) => {
      const queues = handlers.map(() => new PQueue({ concurrency: CONCURRENCY }));
      return {
        publish: (value) => queues.forEach((queue, i) => void queue.add(() => handlers[i](value))),
        finish: () => Promise.all(queues.map((queue) => queue.onIdle())),
      };
    },
  },
];

export async function measure(example, contestant, tools, quick) {
  const count = contestant.count?.(example) ?? example.count;
  if (example.heap) return heap({ ...example, count }, contestant, tools);
  return speed({ ...example, count }, contestant, tools, quick);
}

async function speed(example, contestant, tools, quick) {
  const { count, subscribers, handler } = example;
  await once(2_000);
  const ms = await bestOf(() => once(count), {
    budgetMs: quick ? 500 : 2_500,
    clock: handler === 'timer' ? 'wall' : 'processor',
  });
  return { rate: (count / ms) * 1000 };

  async function once(events) {
    let handled = 0;
    let running = 0;
    let most = 0;
    const handlers = Array.from({ length: subscribers }, () => {
      const handle = HANDLERS[handler]();
      return (value) => {
        most = Math.max(most, ++running);
        return handle(value).then(() => {
          running--;
          handled++;
        });
      };
    });
    const { publish, finish } = contestant.open(handlers, { ...example, count: events }, tools);
    for (let i = 0; i < events; i++) publish({ id: i, name: 'event' });
    await finish();
    if (handled !== events * subscribers) throw new Error(`Error: handled ${handled} of ${events * subscribers}`);
    if (most !== CONCURRENCY * subscribers) throw new Error(`Error: ${most} at once, not ${CONCURRENCY * subscribers}`);
  }
}

/** What the waiting events take; all are the same object, so that only the lines count. */
function heap({ handler, count, subscribers }, contestant, tools) {
  const handlers = Array.from({ length: subscribers }, HANDLERS[handler]);
  const before = heapInUse();
  const open = contestant.open(handlers, { count }, tools);
  const event = {};
  for (let i = 0; i < count; i++) open.publish(event);
  const megabytes = heapInUse() - before;
  open.publish(event); // still in use
  return { 'heap, MB': megabytes };
}

export function figures(results) {
  const ours = 'rxfan mergeMapBounded';
  const [resolved, immediate, timer, , large, largest, heap] = cases(false).map(({ id }) => id);
  const found = [...results.cases.keys()].filter((example) => example !== heap);
  const to = (example, than, atLeast) => ({
    figure: `${example}: ${ours} / ${than}`,
    value: results.ratio(example, ours, than),
    atLeast,
  });
  const megabytes = (who) => results.fact(heap, who, 'heap, MB');
  const growth = results.fact(largest, ours, 'rate') / results.fact(large, ours, 'rate');
  const inFull = [
    { figure: `events/s: ${largest} / ${large}`, value: growth, atLeast: 0.7 },
    { figure: `${heap}: ${ours} / ${limit}`, value: megabytes(ours) / megabytes(limit), atMost: 1.25 },
    { figure: `${heap}: at a bound of 1 000, MB`, value: megabytes(`${ours}, 1 000 waiting`), atMost: 1 },
  ];
  return [
    ...found.map((example) => to(example, limit, example === timer ? 0.97 : 0.75)),
    to(resolved, 'rxjs mergeMap', 20),
    to(immediate, 'rxjs mergeMap', 20),
    to(large, 'rxjs mergeMap', 70),
    ...(results.cases.has(heap) ? inFull : []),
  ];
}

function subject(handlers, operatorFor) {
  const events = new rx.Subject();
  const idle = allOf(handlers.length);
  for (const handle of handlers) events.pipe(operatorFor(handle)).subscribe({ complete: idle.one });
  return {
    publish: (value) => events.next(value),
    finish: () => {
      events.complete();
      return idle.all;
    },
  };
}

function allOf(count) {
  let left = count;
  let done;
  const all = new Promise((resolve) => (done = resolve));
  return {
    all,
    one: () => {
      if (--left === 0) done();
    },
  };
}
