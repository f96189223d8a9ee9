import { connect } from 'amqplib';
import { Buffer } from 'node:buffer';
import console from 'node:console';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { lastValueFrom } from 'rxjs';
import { rabbitmqPrograms, startBroker } from '../../support/rabbitmqBroker.mjs';
import { median } from '../support/stats.mjs';

export const title = 'RabbitMQ on loopback, bodies of 1 KB, beside bare amqplib in the same process and in turn';
export const limit = 'rxfan/rabbitmq';
export const rounds = (quick) => (quick ? 1 : 3);

const BODY = Buffer.alloc(1_024, 'x');
const PUBLISH = 'publish, window 1000';
const CONSUME = 'handle and acknowledge, prefetch 500';
const WINDOW = 1_000;
const PREFETCH = 500;
/** A broker gives back what is acknowledged just before its channel is closed. */
const SETTLING_MS = 300;

let broker;

/** A broker for all contestants. Without one the suite is left out. */
export async function open() {
  if (process.env.AMQP_URL) return true;
  if (rabbitmqPrograms() === undefined) {
    console.log('rabbitmq: left out, there is no rabbitmq-server here (install it, or name a broker with AMQP_URL)\n');
    return false;
  }
  broker = await startBroker();
  process.env.AMQP_URL = broker.url;
  return true;
}

export async function close() {
  if (broker === undefined) return;
  delete process.env.AMQP_URL;
  await broker.stop();
}

export function cases(quick) {
  return [
    { id: PUBLISH, count: quick ? 10_000 : 50_000, turns: quick ? 5 : 9 },
    { id: CONSUME, count: quick ? 10_000 : 50_000, turns: quick ? 5 : 9 },
  ];
}

export const contestants = [{ name: limit, what: 'all guards on', load: loadTransport }];

async function loadTransport(dist) {
  return import(pathToFileURL(path.join(dist, 'lib/adapters/rabbitmq/index.js')));
}

/** The first turn of each does not count. */
export async function measure({ id, count, turns }, _, { rabbitmqTransport }) {
  const name = `bench-${process.pid}-${Date.now()}`;
  const client = await connect(process.env.AMQP_URL, { noDelay: true });
  const transport = rabbitmqTransport({ url: process.env.AMQP_URL, exchange: { name, type: 'topic' } });
  const admin = await client.createChannel();
  const run =
    id === PUBLISH
      ? await publishing(client, admin, transport, name, count)
      : consuming(client, transport, name, count);
  const ratios = [];
  const rates = { bare: [], ours: [] };
  for (let turn = 0; turn < turns; turn++) {
    const took = {};
    for (const who of turn % 2 === 0 ? ['bare', 'ours'] : ['ours', 'bare']) took[who] = await run[who]();
    if (turn === 0) continue;
    ratios.push(took.bare / took.ours);
    for (const who of ['bare', 'ours']) rates[who].push((count / took[who]) * 1_000);
  }
  await lastValueFrom(transport.close(), { defaultValue: undefined });
  for (const queue of [name, `${name}.dead`]) await admin.deleteQueue(queue);
  await admin.deleteExchange(name);
  await client.close();
  return {
    'bare, messages/s': median(rates.bare),
    'ours, messages/s': median(rates.ours),
    'ours / bare': median(ratios),
  };
}

export function figures(results) {
  return [
    { figure: 'confirmed publishes at window 1000, ours / bare amqplib', value: fact(results, PUBLISH), atLeast: 0.8 },
    {
      figure: 'handled and acknowledged at prefetch 500, ours / bare amqplib',
      value: fact(results, CONSUME),
      atLeast: 0.85,
    },
  ];
}

function fact(results, example) {
  return results.fact(example, limit, 'ours / bare');
}

/** To a durable queue that keeps the newest few. */
async function publishing(client, admin, transport, name, count) {
  await admin.assertExchange(name, 'topic', { durable: true });
  await admin.assertQueue(name, { durable: true, arguments: { 'x-max-length': 1_000 } });
  await admin.bindQueue(name, name, 'bench');
  const channel = await client.createConfirmChannel();
  const message = { routingKey: 'bench', contentType: 'application/json', headers: { source: 'bench' }, body: BODY };
  return {
    bare: () => timed(() => publishBare(channel, name, count)),
    ours: () => timed(() => publishOurs(transport, message, count)),
  };
}

function publishOurs(transport, message, count) {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let confirmed = 0;
    const send = () => transport.publish({ ...message, id: `m-${sent++}` }).subscribe(confirm);
    const complete = () => {
      if (++confirmed === count) resolve();
      else if (sent < count) send();
    };
    const confirm = { complete, error: reject };
    while (sent < WINDOW) send();
  });
}

function publishBare(channel, exchange, count) {
  return new Promise((resolve) => {
    let sent = 0;
    let confirmed = 0;
    const options = { contentType: 'application/json', headers: { source: 'bench' }, persistent: true };
    const send = () => channel.publish(exchange, 'bench', BODY, { ...options, messageId: `m-${sent++}` }, confirm);
    const confirm = () => {
      if (++confirmed === count) resolve();
      else if (sent < count) send();
    };
    while (sent < WINDOW) send();
  });
}

/** From a queue as the transport declares it, filled before. */
function consuming(client, transport, name, count) {
  const fill = async () => {
    const channel = await client.createConfirmChannel();
    for (let n = 0; n < count; n++) {
      channel.sendToQueue(name, BODY, {
        messageId: `m-${n}`,
        contentType: 'application/json',
        headers: { source: 'bench' },
      });
      if (n % 1_000 === 999) await channel.waitForConfirms();
    }
    await channel.waitForConfirms();
    await channel.close();
  };
  const contract = { kind: 'durable', name, bindings: [], concurrency: PREFETCH, maxAttempts: 1_000 };
  const declared = new Promise((resolve) => {
    const consumer = transport.consume({ ...contract, handle: () => undefined }).subscribe(({ kind }) => {
      if (kind === 'consuming') resolve(consumer);
    });
  }).then((consumer) => consumer.unsubscribe());
  const emptied = async () => {
    for (const channel = await client.createChannel(); ; await sleep(20)) {
      const { messageCount, consumerCount } = await channel.checkQueue(name);
      if (messageCount === 0 && consumerCount === 0) return channel.close();
    }
  };

  return {
    async bare() {
      await declared;
      await fill();
      const channel = await client.createChannel();
      await channel.prefetch(PREFETCH);
      const took = await timed(
        () =>
          new Promise((resolve) => {
            let handled = 0;
            const handle = async () => undefined;
            void channel.consume(name, async (message) => {
              await handle(message);
              channel.ack(message);
              if (++handled === count) resolve();
            });
          }),
      );
      await sleep(SETTLING_MS);
      await channel.close();
      await emptied();
      return took;
    },
    async ours() {
      await declared;
      await fill();
      let consumer;
      const took = await timed(
        () =>
          new Promise((resolve) => {
            let handled = 0;
            const handle = async () => {
              if (++handled === count) resolve();
            };
            consumer = transport.consume({ ...contract, handle }).subscribe();
          }),
      );
      await sleep(SETTLING_MS);
      consumer.unsubscribe();
      await emptied();
      return took;
    },
  };
}

async function timed(work) {
  const from = performance.now();
  await work();
  return performance.now() - from;
}
