import { setImmediate, setTimeout } from 'node:timers';
import * as rx from 'rxjs';
import { bestOf } from '../support/measure.mjs';
import { loadRxfan } from '../support/rxfan.mjs';
import { ringLimiter } from '../support/ringLimiter.mjs';

export const title = 'a producer that does not wait, to subscribers that take values at once, or under a contract';
export const unit = 'events/s';
export const limit = 'by hand';
export const rounds = (quick) => (quick ? 3 : 5);

const CONCURRENCY = 8;
const KEYS = 10_000;

const HANDLERS = {
  sync: () => () => undefined,
  resolved: () => async () => undefined,
  immediate: () => () => new Promise(setImmediate),
  timer: () => () => new Promise((resolve) => setTimeout(resolve, 1)),
};

export function cases(quick) {
  const plain = (subscribers) => ({
    id: `plain, ${subscribers} subscribers`,
    subscribers,
    count: 1_000_000 / subscribers,
  });
  const lanes = (id, handler, count, subscribers = 4) => ({ id, handler, count, subscribers, isAsync: true });
  const all = [
    plain(1),
    plain(10),
    plain(100),
    lanes('resolved promise, 20k', 'resolved', 20_000),
    lanes('setImmediate, 20k', 'immediate', 20_000),
    lanes('timer of 1 ms, 4k', 'timer', 4_000),
    lanes('backlog of 10k', 'resolved', 10_000, 1),
    lanes('backlog of 100k', 'resolved', 100_000, 1),
  ];
  const inShort = ['plain, 10 subscribers', 'resolved promise, 20k', 'backlog of 100k'];
  return quick ? all.filter(({ id }) => inShort.includes(id)) : all;
}

const isPlain = ({ isAsync = false }) => !isAsync;
const isAsync = (example) => !isPlain(example);
/** Where keys can be told apart: with fewer values than keys, there is one for each. */
const isKeyed = ({ id }) => id.includes('resolved') || id.includes('100k');

export const contestants = [
  {
    name: 'by hand',
    what: 'an array of callbacks; for handlers to wait for, a ring limiter each',
    open(handlers, example) {
      if (isPlain(example))
        return {
          publish: (value) => {
            for (const handle of handlers) handle(value);
          },
        };
      const idle = allOf(handlers.length);
      const pushes = handlers.map((handle) => ringLimiter(handle, CONCURRENCY, idle.one));
      return { publish: (value) => pushes.forEach((push) => push(value)), finish: () => idle.all };
    },
  },
  {
    name: 'rxjs Subject',
    what: 'subscribe',
    when: isPlain,
    open: (handlers) => observed(new rx.Subject(), handlers),
  },
  {
    name: 'rxfan Topic, subscribe',
    what: 'a Topic as the Subject that it is: values are not frozen',
    when: isPlain,
    load: loadRxfan,
    open: (handlers, _, { Topic }) => observed(new Topic({ freeze: 'off' }), handlers),
  },
  {
    name: 'rxfan Topic, deliver',
    what: 'contracts; a receipt for every value where handlers end at once, elsewhere next, for nobody else gives one',
    load: loadRxfan,
    open: (handlers, example, { Topic }) => delivered(new Topic({ freeze: 'off' }), handlers, example),
  },
  {
    name: 'rxfan Topic, deliver, 10 000 keys',
    what: 'the same with a partition key',
    when: isKeyed,
    load: loadRxfan,
    open: (handlers, example, { Topic }) =>
      delivered(new Topic({ freeze: 'off' }), handlers, example, { partitionKey: ({ id }) => id % KEYS }),
  },
  {
    name: 'rxfan Topic, frozen, with receipts',
    fullOnly: true,
    what: 'contracts, values as a Topic takes them by default, and a receipt for each',
    load: loadRxfan,
    open(handlers, example, { Topic }) {
      const topic = new Topic();
      return { ...delivered(topic, handlers, example), publish: (value) => topic.publish(value) };
    },
  },
  {
    name: 'rxjs mergeMap',
    what: 'rxjs Subject, mergeMap(handle, 8)',
    when: isAsync,
    fullOnly: true,
    open(handlers) {
      const events = new rx.Subject();
      const idle = allOf(handlers.length);
      for (const handle of handlers) events.pipe(rx.mergeMap(handle, CONCURRENCY)).subscribe({ complete: idle.one });
      return {
        publish: (value) => events.next(value),
        finish() {
          events.complete();
          return idle.all;
        },
      };
    },
  },
];

export async function measure(example, contestant, tools, quick) {
  const { count, subscribers, handler = 'sync' } = example;
  await once(2_000);
  const ms = await bestOf(() => once(count), {
    budgetMs: quick ? 400 : 2_500,
    clock: handler === 'timer' ? 'wall' : 'processor',
  });
  return { rate: (count / ms) * 1000 };

  async function once(events) {
    let handled = 0;
    const handlers = Array.from({ length: subscribers }, () => {
      if (isPlain(example)) return () => void handled++;
      const handle = HANDLERS[handler]();
      return (value) => handle(value).then(() => void handled++);
    });
    const { publish, finish } = contestant.open(handlers, { ...example, count: events }, tools);
    for (let i = 0; i < events; i++) publish({ id: i, name: 'event' });
    await finish?.();
    if (handled !== events * subscribers) throw new Error(`Error: handled ${handled} of ${events * subscribers}`);
  }
}

export function figures(results) {
  const subject = 'rxjs Subject';
  const subscribe = 'rxfan Topic, subscribe';
  const deliver = 'rxfan Topic, deliver';
  const keyed = `${deliver}, 10 000 keys`;
  const [one, ten, hundred, resolved, immediate, timer, short, long] = cases(false).map(({ id }) => id);
  const to = (example, contestant, than, atLeast, reached) => ({
    figure: `${example}: ${contestant} / ${than}`,
    value: results.ratio(example, contestant, than),
    atLeast,
    reached,
  });
  return [
    ...[one, ten, hundred].map((example) => to(example, subscribe, subject, 1.5)),
    to(ten, deliver, subject, 0.8),
    ...[resolved, short, long].map((example) => to(example, deliver, limit, 0.75, 0.47)),
    to(immediate, deliver, limit, 0.75, 0.62),
    to(timer, deliver, limit, 0.97),
    to(resolved, deliver, 'rxjs mergeMap', 20),
    to(immediate, deliver, 'rxjs mergeMap', 20),
    to(long, deliver, 'rxjs mergeMap', 70),
    to(resolved, keyed, deliver, 0.5, 0.31), // both have become faster since it was 0.45, those without keys more
    to(long, keyed, deliver, 0.5),
  ];
}

function observed(subject, handlers) {
  for (const handle of handlers) subject.subscribe(handle);
  return { publish: (value) => subject.next(value) };
}

function delivered(topic, handlers, { count, handler }, contract) {
  handlers.forEach((handle, i) =>
    topic.deliver({ id: `s${i}`, handle, concurrency: CONCURRENCY, bufferSize: count, ...contract }),
  );
  return {
    publish: handler === undefined ? (value) => topic.publish(value) : (value) => topic.next(value),
    finish: () => (handler === undefined ? undefined : rx.lastValueFrom(topic.close())),
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
