import { connect } from 'amqplib';
import { Buffer } from 'node:buffer';
import console from 'node:console';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { from, lastValueFrom, mergeMap, retry, timer } from 'rxjs';
import { figure } from '../soak/support/figure.mjs';

const BODY = Buffer.alloc(1_024, 'x');
const IN_FLIGHT = 5_000; // publishes at the same time: more than the window, less than the outbox
const LONGEST_MS = 600_000;
/** What was not published in time is made up for, up to so many ms. */
const LATE_MS = 50;
/** One message of so many fails at its first attempts: what is moved is to survive as well. */
const FAILING = 50;

/** Q2, Q4, Q5, Q15, Q19. A fault whenever another share of the messages is confirmed, while the others are on their way. */
export async function messagesThroughFaults({ broker, rabbitmqTransport, quick }) {
  const total = quick ? 5_000 : 100_000;
  const faults = quick ? ['close', 'alarm', 'freeze', 'kill'] : [...FAULTS, ...FAULTS, ...FAULTS];
  const exchange = { name: 'chaos', type: 'topic' };
  const settings = { url: broker.url, exchange, heartbeatSeconds: 1, publishTimeoutMs: 60_000, deliveryLimit: 1_000 };
  const publisher = rabbitmqTransport(settings);
  const consumers = [rabbitmqTransport(settings), rabbitmqTransport(settings)];

  const confirmed = new Set();
  const effects = new Map(); // after deduplication by id
  let deliveries = 0;
  let attemptsToPublish = 0;
  const events = { consuming: 0, interrupted: 0, retried: 0, deadLettered: 0 };
  const handle = async ({ id, attempt }) => {
    deliveries++;
    if (attempt === 1 && Number(id) % FAILING === 0) throw new Error('not yet');
    if (!effects.has(id)) effects.set(id, 1);
  };
  const queue = {
    ...{ kind: 'durable', name: 'chaos', bindings: ['chaos.#'], handle },
    ...{ concurrency: 200, maxAttempts: 1_000, retryDelayMs: 100, maxRetryDelayMs: 200 },
  };
  for (const consumer of consumers) consumer.consume(queue).subscribe(({ kind }) => events[kind]++);
  while (events.consuming < consumers.length) await sleep(20);

  let lastConfirm = 0;
  let over = 0; // faults
  let missed = 0; // faults that no message was there for
  const share = total / (faults.length + 1);
  const isDue = (n) => n < (over + 2) * share; // a share of the messages is there for each fault
  const publishing = lastValueFrom(
    from(paced(total, quick ? 800 : 1_500, isDue)).pipe(
      mergeMap((n) => {
        const id = String(n);
        const message = {
          id,
          routingKey: 'chaos.message',
          contentType: 'application/octet-stream',
          headers: {},
          body: BODY,
        };
        attemptsToPublish++;
        return new Promise((resolve, reject) => {
          publisher
            .publish(message)
            .pipe(retry({ delay: () => timer(100).pipe((again$) => (attemptsToPublish++, again$)) }))
            .subscribe({
              complete: () => {
                confirmed.add(id);
                lastConfirm = performance.now();
                resolve();
              },
              error: reject,
            });
        });
      }, IN_FLIGHT),
    ),
    { defaultValue: undefined },
  );

  let slowest = 0;
  const start = performance.now();
  for (const [i, fault] of faults.entries()) {
    while (confirmed.size < (i + 1) * share) await sleep(1);
    if (confirmed.size === total) missed++;
    const back = await HOW[fault](broker);
    over++;
    if (back === undefined) continue;
    while (lastConfirm < back && confirmed.size < total) await sleep(5);
    const firstMs = Math.max(0, lastConfirm - back);
    console.log(`       ${fault}: first confirm ${Math.round(firstMs)} ms after the broker listened again`);
    slowest = Math.max(slowest, firstMs);
  }
  await publishing;
  for (const end = Date.now() + LONGEST_MS; effects.size < total && Date.now() < end;) await sleep(50);
  const seconds = (performance.now() - start) / 1_000;
  await sleep(1_000); // what was moved twice comes again
  for (const transport of [publisher, ...consumers])
    await lastValueFrom(transport.close(), { defaultValue: undefined });

  const lost = [...confirmed].filter((id) => !effects.has(id)).length;
  const wrong = [...effects.values()].filter((count) => count !== 1).length;
  return [
    figure('messages', total),
    figure('faults', faults.length),
    figure('faults that met no message', missed, { exactly: 0 }),
    figure('s', seconds),
    figure('confirmed', confirmed.size, { exactly: total }),
    figure('lost', lost, { exactly: 0 }),
    figure('effects', effects.size, { exactly: total }),
    figure('effects that are not one', wrong, { exactly: 0 }),
    figure('left in queues', await leftIn(broker, 'chaos'), { exactly: 0 }),
    figure('dead letters', events.deadLettered, { exactly: 0 }),
    figure('first confirm after a restart, ms', slowest, { atMost: 2_000 }),
    figure('deliveries', deliveries),
    figure('publishes again', attemptsToPublish - total),
    figure('interruptions', events.interrupted),
    figure('retries', events.retried, { atLeast: total / FAILING / 2 }),
  ];
}

/** So many a second at most, through outages too: faults are to meet messages that are on their way. */
async function* paced(total, perSecond, isDue) {
  let next = performance.now();
  for (let n = 0; n < total; n++) {
    while (!isDue(n)) await sleep(1);
    next = Math.max(next + 1_000 / perSecond, performance.now() - LATE_MS);
    while (performance.now() < next) await sleep(5);
    yield n;
  }
}

const FAULTS = ['close', 'kill', 'freeze', 'alarm'];

/** Each gives when the broker listened again, where it did not for a while. */
const HOW = {
  async close(broker) {
    await broker.ctl('close_all_connections', 'chaos');
  },
  async kill(broker) {
    broker.kill();
    await sleep(200);
    await broker.start();
    return performance.now();
  },
  /** Longer than clients wait for a heartbeat. */
  async freeze(broker) {
    broker.freeze();
    await sleep(4_000);
    broker.thaw();
  },
  async alarm(broker) {
    await broker.ctl('set_vm_memory_high_watermark', 'absolute', '1');
    await sleep(1_500);
    await broker.ctl('set_vm_memory_high_watermark', 'absolute', '1GB');
  },
};

/** In the queue, among its dead letters, and in its delays: closed consumers have given back what they held. */
async function leftIn(broker, name) {
  const client = await connect(broker.url);
  let left = 0;
  for (const queue of [name, `${name}.dead`, `${name}.retry.100`, `${name}.retry.200`]) {
    const channel = await client.createChannel();
    channel.on('error', () => undefined); // there is no such delay
    left += await channel.checkQueue(queue).then(
      ({ messageCount }) => messageCount,
      () => 0,
    );
  }
  await client.close();
  return left;
}
