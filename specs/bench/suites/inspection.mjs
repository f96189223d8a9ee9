import * as rx from 'rxjs';
import { bestOf } from '../support/measure.mjs';
import { loadRxfan } from '../support/rxfan.mjs';

export const title = 'what it costs to be looked at: the same work while an inspection runs, and while none does';
export const unit = 'values/s';
export const limit = 'off';
export const rounds = (quick) => (quick ? 3 : 7);

const SUBSCRIBERS = 4;

/** By case: makes what is looked at, and gives the work that is measured. */
const WORK = {
  'topic, handlers that end at once': ({ Topic }) => topicOf(Topic, () => undefined),
  'topic, handlers that resolve': ({ Topic }) => topicOf(Topic, () => Promise.resolve()),
  'topic, handlers that work': ({ Topic }) =>
    topicOf(Topic, async () => {
      busy();
      await undefined;
      await undefined;
    }),
  'receiver, three routes': ({ createReceiver }) => {
    const receiver = createReceiver({ tenant: 'acme', name: 'orders', freeze: 'off' });
    for (let i = 0; i < 3; i++) receiver.addRoute({ id: `r${i}`, bufferSize: 100_000, handle: () => undefined });
    return async (count) => {
      for (let n = 1; n < count; n++) receiver.next(n);
      await rx.lastValueFrom(receiver.next(0).settled$);
    };
  },
  'mergeSorted, four sources that push':
    ({ mergeSorted }) =>
    async (count) => {
      const sources = Array.from({ length: 4 }, () => new rx.Subject());
      const merging = mergeSorted(sources, { compare: (a, b) => a - b }).subscribe();
      for (let n = 0; n < count; n++) sources[n % 4].next(n);
      merging.unsubscribe();
    },
  mergeMapBounded:
    ({ mergeMapBounded }) =>
    (count) =>
      rx.lastValueFrom(
        rx.range(0, count).pipe(mergeMapBounded((n) => Promise.resolve(n), { concurrency: 8, bufferSize: count })),
      ),
};

export function cases() {
  return Object.keys(WORK).map((id) => ({ id }));
}

export const contestants = [
  { name: limit, what: 'no inspection', load: loadRxfan, inspect: () => undefined },
  { name: 'on', what: 'an inspection that nobody asks', load: loadRxfan, inspect: (start) => start() },
  {
    name: 'on, asked every time',
    what: 'a snapshot before each run',
    load: loadRxfan,
    inspect: (start) => start(),
    isAsked: true,
  },
];

export async function measure({ id }, { inspect, isAsked }, rxfan, quick) {
  inspect(rxfan.startInspection);
  const work = WORK[id](rxfan);
  await work(5_000);
  const count = 20_000;
  const ms = await bestOf(
    async () => {
      if (isAsked) rxfan.snapshot();
      await work(count);
    },
    { budgetMs: quick ? 400 : 2_000, clock: 'processor' },
  );
  return { rate: (count / ms) * 1000 };
}

export function figures(results) {
  const reached = {
    'topic, handlers that end at once': 0.9,
    'topic, handlers that resolve': 0.85,
    'mergeSorted, four sources that push': 0.9,
  };
  return cases().map(({ id }) => ({
    figure: `${id}: on / off`,
    value: results.ratio(id, 'on', limit),
    atLeast: 0.95,
    reached: reached[id],
  }));
}

function topicOf(Topic, handle) {
  const topic = new Topic({ freeze: 'off' });
  for (let i = 0; i < SUBSCRIBERS; i++) topic.deliver({ id: `s${i}`, bufferSize: 100_000, concurrency: 8, handle });
  return async (count) => {
    for (let n = 1; n < count; n++) topic.next(n);
    await rx.lastValueFrom(topic.publish(0).settled$);
  };
}

function busy() {
  let sum = 0;
  for (let i = 0; i < 1_000; i++) sum += i;
  return sum;
}
