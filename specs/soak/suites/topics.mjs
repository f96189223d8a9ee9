import { lastValueFrom, NEVER, Subject } from 'rxjs';
import { heapInUse } from '../../bench/support/measure.mjs';
import { figure } from '../support/figure.mjs';
import { growthOf, watchTurns } from '../support/measure.mjs';

/** T19. Short runs are too short for it: there ten times as many, which takes 100 times as long where time is not linear. */
const linear = ({ twice, tenTimes, rate }, share) => [
  figure('values/s', rate),
  figure('time of twice as many', twice, share < 1 ? {} : { atMost: 2.5 }),
  figure('time of ten times as many', tenTimes, { atMost: 40 }),
];

export const checks = [
  { name: 'T18, T19 backlog of mergeMapBounded', run: backlogOfMergeMapBounded },
  // A value that waits is a publication of its own, of some 100 bytes.
  { name: 'T18, T19, T21 backlog of a lane', heapMb: 256, run: backlogOfLane() },
  { name: 'T18, T19, T21 backlog of a lane, 10,000 keys', heapMb: 512, run: backlogOfLane((n) => n % 10_000) },
  ...['error', 'dropOldest', 'dropNewest', 'coalesce'].map((overflow) => ({
    name: `T5, T6 a subscriber that is stuck, ${overflow}`,
    quickly: overflow === 'error' ? 0.02 : 0.1, // an error takes ten times as long as all else
    run: stuck(overflow),
  })),
  { name: 'T9, T12 a subscriber that throws among ten that do not', run: throwing },
];

async function backlogOfMergeMapBounded({ rxfan, share }) {
  const { mergeMapBounded } = await rxfan('operators');
  const growth = await growthOf(async (count) => {
    const gate = new Subject();
    const source = new Subject();
    let handled = 0;
    const done = lastValueFrom(
      source.pipe(mergeMapBounded((n) => (n === 0 ? gate : [n]), { concurrency: 1, bufferSize: count })),
    );
    source.subscribe(() => handled++);
    for (let n = 0; n < count; n++) source.next(n);
    source.complete();
    gate.complete();
    if ((await done) !== count - 1 || handled !== count) throw new Error('not all were handled');
  }, 1_000_000 * share);
  return linear(growth, share);
}

function backlogOfLane(partitionKey) {
  return async ({ rxfan, share }) => {
    const { Topic } = await rxfan();
    const turns = [];
    const growth = await growthOf(async (count) => {
      const topic = new Topic();
      let handled = 0;
      const delivery = topic.deliver({ id: 's', bufferSize: count, partitionKey, handle: () => void handled++ });
      delivery.pause();
      for (let n = 0; n < count; n++) topic.next(n);
      const watched = watchTurns();
      delivery.resume();
      await lastValueFrom(topic.close({ deadlineMs: 60_000 }));
      turns.push(watched.stop(0.5));
      const { offered, succeeded } = delivery.stats();
      if (handled !== count || succeeded !== count || offered !== count) throw new Error('not all were handled');
    }, 1_000_000 * share);
    const atMost = share < 1 ? 24 : 12; // a short run has few turns, and a collection of garbage in most of them
    return [...linear(growth, share), figure('ms between two turns of timers, median', turns.at(-1), { atMost })];
  };
}

function stuck(overflow) {
  return async ({ rxfan, share }) => {
    const { Topic } = await rxfan();
    const count = 10_000_000 * share;
    const topic = new Topic();
    let told = 0;
    topic.errors$.subscribe(() => told++);
    const delivery = topic.deliver({ id: 's', bufferSize: 1_000, overflow, handle: () => NEVER });
    for (let n = 0; n < 10_000; n++) topic.publish({ n });
    const before = heapInUse();
    const from = Date.now();
    for (let n = 10_000; n < count; n++) topic.publish({ n });
    const seconds = (Date.now() - from) / 1_000;
    const { offered, refused, dropped, coalesced, waiting, running } = delivery.stats();
    return [
      figure('publishes/s', count / seconds),
      figure('heap grown, MB', heapInUse() - before, { atMost: 1 }),
      figure('offered', offered, { exactly: count }),
      figure('lost', refused + dropped + coalesced, { exactly: count - 1_001 }),
      figure('told of', told, { exactly: overflow === 'error' ? count - 1_001 : 0 }),
      figure('waiting', waiting, { exactly: 1_000 }),
      figure('running', running, { exactly: 1 }),
    ];
  };
}

async function throwing({ rxfan, share }) {
  const { Topic } = await rxfan();
  const count = 1_000_000 * share;
  const topic = new Topic();
  let told = 0;
  topic.errors$.subscribe(() => told++);
  const ways = [
    () => {
      throw new Error('sync');
    },
    () => Promise.reject(new Error('async')),
    () => {
      throw undefined;
    },
    () => ({
      then() {
        throw new Error('then');
      },
    }),
  ];
  const odd = topic.deliver({ id: 'odd', bufferSize: 1_000, concurrency: 100, handle: (n) => ways[n % 4]() });
  const handled = Array.from({ length: 10 }, () => 0);
  const healthy = handled.map((_, i) =>
    topic.deliver({
      id: `healthy ${i}`,
      bufferSize: 1_000,
      handle: () => {
        handled[i]++;
        return i % 2 === 0 ? undefined : Promise.resolve();
      },
    }),
  );
  const from = Date.now();
  for (let n = 0; n < count; n++) {
    const { settled$ } = topic.publish(n);
    if (n % 500 === 499) await lastValueFrom(settled$); // no more than fit into the waiting lines
  }
  await lastValueFrom(topic.close());
  const seconds = (Date.now() - from) / 1_000;
  const whole = healthy.filter((delivery, i) => {
    const { offered, succeeded } = delivery.stats();
    return offered === count && succeeded === count && handled[i] === count;
  });
  return [
    figure('publishes/s', count / seconds),
    figure('failed', odd.stats().failed, { exactly: count }),
    figure('told of', told, { exactly: count }),
    figure('whole ledgers', whole.length, { exactly: 10 }),
  ];
}
