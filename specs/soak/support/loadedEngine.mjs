import { randomUUID } from 'node:crypto';
import { clearInterval, setImmediate, setInterval } from 'node:timers';
import { setImmediate as turn } from 'node:timers/promises';
import { concat, NEVER, Observable, range, throwError, timer } from 'rxjs';
import { processorMs } from './measure.mjs';

const TOPICS = ['quick', 'unsteady'];

/** Jobs of every kind: some are quick, some are slow, some hang, fail, or tell more than anybody wants to hear. */
const KINDS = {
  fast: () => [1, 2, 3],
  silent: () => undefined,
  promised: async () => (await turn(), 1),
  slow: ({ token }) => timer(token.charCodeAt(0), 20),
  hanging: () => NEVER,
  deaf: () => new Promise(() => undefined),
  failing: () =>
    concat(
      range(1, 3),
      throwError(() => new Error('it fails')),
    ),
  throwing() {
    throw new Error('it throws');
  },
  noisy: ({ signal }) =>
    new Observable((subscriber) => {
      const interval = setInterval(() => {
        for (let i = 0; i < 20; i++) subscriber.next(i);
      }, 1);
      signal.addEventListener('abort', () => clearInterval(interval), { once: true });
      return () => clearInterval(interval);
    }),
  *endless() {
    for (let i = 0; ; i++) yield i;
  },
  async *streaming() {
    for (let i = 0; i < 1_000; i++) yield (await turn(), i);
  },
  late({ send }) {
    setImmediate(() => setImmediate(() => send(1)));
    return [1];
  },
};

/** Subscribers of every kind. What they hold when the engine stops must not hold the engine. */
const SUBSCRIBERS = [
  { id: 'log', handle: () => undefined },
  { id: 'slow', handle: () => timer(5), bufferSize: 4, overflow: 'dropOldest' },
  { id: 'careful', handle: () => timer(1), bufferSize: 2, overflow: 'block', timeoutMs: 20 },
  { id: 'stuck', handle: () => NEVER, bufferSize: 2, overflow: 'park', parkSize: 10 },
  { id: 'retrying', handle: fail, bufferSize: 8, overflow: 'error', retry: { retries: 2, delayMs: 10 } },
];

function fail() {
  throw new Error('the subscriber fails');
}

/**
 * An engine under more load than it can take, until it is stopped: a job of a random kind, again and again. Its `verdict`
 * compares the account that it gives with what was seen.
 */
export function loadedEngine({ createWorkEngine, random, store, channels }) {
  const ends = new Map();
  const offered = Object.fromEntries(TOPICS.map((topic) => [topic, 0]));
  let refused = 0;
  let ranTooLate = 0;
  let isStopped = false;

  const engine = createWorkEngine({
    topics: TOPICS,
    newToken: randomUUID,
    maxRunning: 24,
    maxQueued: 40,
    channels,
    store,
    maxRetained: 200,
    bufferSize: 200,
  });
  for (const topic of TOPICS) for (const subscriber of SUBSCRIBERS) engine.attach(topic, subscriber);
  engine.messages$.subscribe((message) => {
    offered[message.topic]++;
    if (message.kind !== 'state' || message.operation.endTime === undefined) return;
    ends.set(message.token, [...ends.get(message.token), message.operation.state]);
  });

  const names = Object.keys(KINDS);
  const startOne = () => {
    const kind = names[Math.floor(random() * names.length)];
    const token = randomUUID();
    const run = (context) => {
      if (isStopped) ranTooLate++;
      return KINDS[kind](context);
    };
    ends.set(token, []);
    try {
      engine.start({ topic: TOPICS[kind.length % 2], token, timeoutMs: 30 + random() * 300, input: { kind }, run });
    } catch (refusal) {
      ends.delete(token);
      if (refusal.code !== 'queue_full') throw refusal;
      refused++;
    }
  };
  const load = setInterval(() => {
    for (let i = 0; i < 4; i++) startOne();
  }, 1);

  return {
    /** Stops it, and gives what is wrong with how that went. */
    async stop(how) {
      const from = performance.now();
      const worked = processorMs();
      clearInterval(load);
      isStopped = true;
      const ledger = await engine.stop(how);
      const tookMs = performance.now() - from;
      return { tookMs, workedMs: processorMs() - worked, jobs: ledger.jobs, refused, faults: faultsOf(ledger) };
    },
  };

  function faultsOf({ jobs, subscribers }) {
    const faults = [];
    const must = (isSo, fault) => isSo || faults.push(fault);
    const { started, queued, running, ...endings } = jobs;
    must(ranTooLate === 0, `${ranTooLate} jobs ran after the stop`);
    must(queued + running === 0, `${queued} jobs wait and ${running} run`);
    must(started === ends.size, `${started} jobs in the account, ${ends.size} accepted`);
    const seen = [...ends.values()];
    must(
      seen.every(({ length }) => length === 1),
      `${seen.filter(({ length }) => length !== 1).length} jobs have not one end`,
    );
    for (const [end, count] of Object.entries(endings)) {
      const told = seen.filter(([state]) => state === end).length;
      must(told === count, `${count} jobs are ${end} in the account, ${told} were told`);
    }
    must(subscribers.length === TOPICS.length * SUBSCRIBERS.length, `${subscribers.length} subscribers`);
    for (const { topic, id, stats } of subscribers) {
      const { succeeded, failed, coalesced, dropped, parked, refused, discarded, blocked, waiting, running } = stats;
      const settled = succeeded + failed + coalesced + dropped + parked + refused + discarded;
      must(blocked + waiting + running === 0, `${topic} ${id} holds ${blocked + waiting + running} messages`);
      must(settled === stats.offered, `${topic} ${id}: ${stats.offered} offered, ${settled} settled`);
      must(offered[topic] === stats.offered, `${topic} ${id}: ${stats.offered} offered, ${offered[topic]} told`);
    }
    return faults;
  }
}
