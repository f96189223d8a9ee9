import { connect } from 'amqplib';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { RabbitmqOptions } from '../../../lib/adapters/rabbitmq/options.ts';
import type { IncomingMessage, TransportState } from '../../../lib/contracts/transport.ts';
import { withoutRabbitmq } from '../../support/rabbitmq.ts';
import {
  consuming,
  done,
  drained,
  eventually,
  failureOf,
  fresh,
  message,
  start,
  transportAt,
  useBroker,
} from './support/broker.ts';
import { startProxy } from './support/proxy.ts';

describe.skipIf(withoutRabbitmq())('rabbitmqTransport, with a network and a broker that fail', () => {
  const bench = useBroker();

  async function behindProxy(options: Partial<RabbitmqOptions> = {}) {
    const proxy = await startProxy(bench.url);
    onTestFinished(() => proxy.close());
    return { proxy, transport: transportAt(proxy.url, options) };
  }

  const queue = (handle: (message: IncomingMessage) => any, more: object = {}) =>
    ({ kind: 'durable', name: fresh('q'), bindings: ['order.#'], handle, ...more }) as const;

  it('Q2 Q4 Q5 after a cut everything is as it was, what was not confirmed is sent again, in order, and nothing is lost', async () => {
    const { proxy, transport } = await behindProxy({ window: 50 });
    const durable: string[] = [];
    const transient: string[] = [];
    const consumers = await Promise.all([
      consuming(
        transport,
        queue(async ({ id }) => void durable.push(id)),
      ),
      consuming(transport, { ...queue(({ id }) => void transient.push(id), { concurrency: 10 }), kind: 'transient' }),
    ]);
    const ids = Array.from({ length: 400 }, (_, i) => `n-${i}`);
    const publishes = ids.map((id) => done(transport.publish(message('order.1', { id }))));
    for (const at of [100, 250]) {
      await eventually(() => durable.length >= at);
      proxy.cut();
    }
    await Promise.all(publishes);
    await eventually(() => new Set(durable).size === ids.length);
    await Promise.all(consumers.map((consumer) => consumer.until('consuming', 2)));
    await done(transport.publish(message('order.1', { id: 'last' })));
    await eventually(() => durable.includes('last') && transient.includes('last'));

    const firsts = [...new Set(durable)];
    expect(firsts).toEqual([...ids, 'last']);
  });

  it('Q8 a settlement for a channel that is gone goes nowhere, and Q9 holds over channels', async () => {
    const { proxy, transport } = await behindProxy();
    const running = { now: 0, most: 0 };
    const seen: string[] = [];
    const finish: (() => void)[] = [];
    const contract = queue(
      ({ id, attempt }) => {
        seen.push(`${id} ${attempt}`);
        running.most = Math.max(running.most, ++running.now);
        return new Promise<void>((resolve) => {
          finish.push(() => {
            running.now--;
            resolve();
          });
        });
      },
      { concurrency: 2 },
    );
    const consumer = await consuming(transport, contract);
    for (const id of ['a', 'b']) await done(transport.publish(message('order.1', { id })));
    await eventually(() => seen.length === 2);
    proxy.cut();
    await consumer.until('consuming', 2);
    await new Promise((resolve) => setTimeout(resolve, 50)); // for a third handler, which is not to run
    expect(seen).toEqual(['a 1', 'b 1']);
    for (const end of finish.splice(0)) end(); // of the channel that is gone
    await eventually(() => seen.length === 4);
    for (const end of finish.splice(0)) end();
    await done(transport.close());

    expect([...seen].sort()).toEqual(['a 1', 'a 2', 'b 1', 'b 2']);
    expect(running.most).toBe(2);
    expect(consumer.events.filter(({ kind }) => kind === 'interrupted')).toHaveLength(1);
    expect(await bench.admin.checkQueue(contract.name)).toMatchObject({ messageCount: 0 });
  });

  it('Q6 the outbox is bounded with a broker that takes nothing: error, or block', async () => {
    for (const overflow of ['error', 'block'] as const) {
      const { proxy, transport } = await behindProxy({ window: 5, outboxSize: 10, overflow });
      const got: string[] = [];
      await consuming(
        transport,
        queue(({ id }) => void got.push(id), { concurrency: 20 }),
      );
      proxy.freeze();
      const outcomes = Array.from({ length: 20 }, (_, i) =>
        done(transport.publish(message('order.1', { id: `${overflow}-${i}` }))).then(
          () => 'confirmed',
          (cause: unknown) => {
            const { name, size } = cause as { name: string; size: number };
            return `${name} ${size}`;
          },
        ),
      );
      const early = await Promise.all(outcomes.map((outcome) => Promise.race([outcome, Promise.resolve('waits')])));
      await new Promise((resolve) => setTimeout(resolve, 20));
      proxy.thaw();
      const all = await Promise.all(outcomes);
      expect(early.filter((outcome) => outcome === 'waits').length).toBeGreaterThanOrEqual(15);
      expect(all.filter((outcome) => outcome === 'confirmed')).toHaveLength(overflow === 'block' ? 20 : 15);
      expect(new Set(all)).toEqual(new Set(overflow === 'block' ? ['confirmed'] : ['confirmed', 'OutboxFullError 15']));
      await eventually(() => got.length === (overflow === 'block' ? 20 : 15));
    }
  });

  it('Q6 the outbox is bounded in bytes', async () => {
    const { proxy, transport } = await behindProxy({ outboxBytes: 2_500 });
    await consuming(
      transport,
      queue(() => {}),
    );
    proxy.freeze();
    const big = () => transport.publish(message('order.1', { body: new Uint8Array(1_000) }));
    const first = [done(big()), done(big())];
    expect(await failureOf(big())).toMatchObject({ name: 'OutboxFullError', size: 2 });
    proxy.thaw();
    await Promise.all(first);
    await done(transport.publish(message('order.1', { body: new Uint8Array(5_000) }))); // alone
  });

  it('Q1 Q15 a broker that is frozen is found within three heartbeats, and a confirm that does not come is a failure', async () => {
    const { proxy, transport } = await behindProxy({
      heartbeatSeconds: 1,
      publishTimeoutMs: 700,
      connectTimeoutMs: 500,
    });
    const states: TransportState[] = [];
    transport.state$.subscribe((state) => states.push(state));
    const consumer = await consuming(
      transport,
      queue(() => {}),
    );
    proxy.freeze();
    const from = Date.now();
    const late = await failureOf(transport.publish(message('order.1')));
    expect(late).toMatchObject({ name: 'PublishError', why: 'timedOut' });
    await eventually(() => states.includes('disconnected'));

    expect(Date.now() - from).toBeLessThan(3_300);
    await consumer.until('interrupted');
    const again = await failureOf(transport.publish(message('order.1')));
    expect(again).toMatchObject({ why: 'timedOut', cause: { name: 'UnreachableError' } });
    proxy.thaw();
    proxy.cut();
    await consumer.until('consuming', 2);
    await done(transport.publish(message('order.1')));
  });

  it('Q16 Q19 a broker that blocks is told; a publish waits, consumers go on, and what fails waits with it', async () => {
    const { proxy, transport } = await behindProxy();
    const states: TransportState[] = [];
    transport.state$.subscribe((state) => states.push(state));
    const got: string[] = [];
    await consuming(
      transport,
      queue(({ id }) => void got.push(id)),
    );
    proxy.inject(methodFrame(10, 60, [3, 0x6c, 0x6f, 0x77])); // connection.blocked("low")
    await eventually(() => states.at(-1) === 'blocked');
    bench.admin.publish(await exchangeOf(transport.name), 'order.1', Buffer.from(''), { messageId: 'other' });
    await eventually(() => got.includes('other'));
    proxy.inject(methodFrame(10, 61, [])); // connection.unblocked
    await eventually(() => states.at(-1) === 'connected');
    await done(transport.publish(message('order.1')));

    expect(states).toEqual(['connecting', 'connected', 'blocked', 'connected']);
  });

  it('J6 Q20 a wrong password is told without it, by consumers and publishers, and asked again ever more slowly', async () => {
    const proxy = await startProxy(bench.url);
    onTestFinished(() => proxy.close());
    const url = new URL(proxy.url);
    url.username = 'mallory';
    url.password = 'hunter%402';
    const transport = transportAt(url.href, { publishTimeoutMs: 800, random: () => 1 });
    const consumer = start(
      transport,
      queue(() => {}),
    );
    const failure = await failureOf(transport.publish(message('order.1')));
    await consumer.until('interrupted');

    expect(failure).toMatchObject({ why: 'timedOut', cause: { name: 'RefusedError' } });
    expect(consumer.events).toMatchObject([{ kind: 'interrupted', cause: { name: 'RefusedError' } }]);
    expect(proxy.opened).toBeLessThanOrEqual(8); // two connections, at 0, 100, 300 and 700 ms
    const told = everythingOf([transport.name, failure, consumer.events]);
    expect(told).toMatch(/ACCESS_REFUSED/);
    expect(told).not.toMatch(/hunter|mallory/);
  });

  it.each([
    ['a vhost that is not there', 'RefusedError', () => `${bench.url}/nowhere`],
    ['TLS to a port without', 'UnreachableError', () => bench.url.replace('amqp:', 'amqps:')],
    ['nobody there', 'UnreachableError', () => 'amqp://127.0.0.1:1'],
  ])('J6 %s is a %s', async (_, name, url) => {
    const transport = transportAt(url());
    const consumer = start(
      transport,
      queue(() => {}),
    );
    await consumer.until('interrupted');
    expect(consumer.events).toMatchObject([{ kind: 'interrupted', cause: { name } }]);
  });

  it('J6 somebody who is no broker, or says nothing, is an UnreachableError in bounded time', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const { proxy, transport } = await behindProxy({ connectTimeoutMs: 100 });
    proxy.freeze();
    for (const one of [transport, transportAt(`amqp://127.0.0.1:${port}`)]) {
      const consumer = start(
        one,
        queue(() => {}),
      );
      await consumer.until('interrupted');
      expect(consumer.events).toMatchObject([{ cause: { name: 'UnreachableError' } }]);
    }
  });

  it('J4 a message that crashes who handles it ends among the dead letters', async () => {
    const exchange = { name: fresh('x'), type: 'topic' } as const;
    const contract = queue(() => new Promise(() => {}));
    const transport = transportAt(bench.url, { exchange, deliveryLimit: 3 });
    const first = await consuming(transport, contract);
    await done(transport.publish(message('order.1', { id: 'crash' })));
    first.stop();
    let deliveries = 0;
    for (let round = 0; round < 4; round++) {
      const raw = await connect(bench.url);
      const channel = await raw.createChannel();
      await channel.prefetch(1);
      const got = new Promise<void>((resolve) => {
        void channel.consume(contract.name, () => {
          deliveries++;
          resolve();
        });
      });
      await Promise.race([got, new Promise((resolve) => setTimeout(resolve, 300))]);
      await raw.close();
    }
    const dead = `${contract.name}.dead`;
    await eventually(async () => (await bench.admin.checkQueue(dead)).messageCount === 1);
    expect(deliveries).toBeLessThanOrEqual(4);

    const got: IncomingMessage[] = [];
    const again = await consuming(transport, { ...contract, handle: (it: IncomingMessage) => void got.push(it) });
    await done(transport.redrive(contract.name));
    await eventually(() => got.length === 1);
    expect(got).toMatchObject([{ id: 'crash', routingKey: 'order.1', attempt: 1, headers: {} }]);
    again.stop();
  });

  it('J1 J2 what others put into the queue harms nobody: it is handled, or lies among the dead letters', async () => {
    const transport = transportAt(bench.url);
    const got: IncomingMessage[] = [];
    const contract = queue((it) => void got.push(it), { concurrency: 5 });
    const consumer = await consuming(transport, contract);
    let nested: object = { end: 1 };
    for (let depth = 0; depth < 100; depth++) nested = { nested };
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`h${i}`, i]));
    const texts = Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`h${i}`, 'v']));
    const hostile: Record<string, object> = {
      empty: {},
      nested: { headers: { nested } },
      proto: { headers: JSON.parse('{"__proto__": "a", "constructor": "b", "toString": "c"}') },
      inner: { headers: { inner: JSON.parse('{"__proto__": {"polluted": "yes"}}'), ok: 'kept' } },
      numbers: { headers: many },
      ours: { headers: { 'x-rxfan-attempt': -7, 'x-rxfan-routing-key': 9, 'x-delivery-count': 'many' } },
      long: { headers: { long: 'x'.repeat(1_025) } },
    };
    const refused: Record<string, object> = {
      texts: { headers: texts },
      deflated: { contentEncoding: 'deflate' },
      'not ascii ä': {},
    };
    for (const [messageId, options] of Object.entries({ ...hostile, ...refused })) {
      bench.admin.sendToQueue(contract.name, Buffer.alloc(0), { messageId, ...options });
    }
    bench.admin.sendToQueue(contract.name, Buffer.from('no id'), { expiration: '100000', userId: 'guest' });
    await eventually(() => got.length === Object.keys(hostile).length);
    await consumer.until('deadLettered', 4);

    const headers = Object.fromEntries(got.map((it) => [it.id, it.headers]));
    expect(headers).toMatchObject({ empty: {}, nested: {}, inner: { ok: 'kept' }, numbers: {}, long: {} });
    expect(headers['proto']).toMatchObject({ constructor: 'b', toString: 'c' });
    expect(Object.keys(headers['numbers']!)).toEqual([]);
    expect(got.map(({ attempt }) => attempt)).toEqual(got.map(() => 1));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const letters = await drained(bench.admin, `${contract.name}.dead`);
    expect(letters.map(({ properties }) => properties.headers?.['x-rxfan-reason']).sort()).toEqual([
      'it has 33 headers, and 32 is the most',
      'it has no message id of 1 to 128 characters of printable ASCII',
      'it has no message id of 1 to 128 characters of printable ASCII',
      'its content encoding is "deflate", and bodies are taken as they are',
    ]);
    expect(letters.every(({ properties }) => properties.expiration === undefined)).toBe(true);
  });

  it('J2 headers that the client cannot write again go to the dead letters as the broker has them', async () => {
    const transport = transportAt(bench.url);
    const contract = queue(() => {
      throw new Error('no');
    });
    const consumer = await consuming(transport, contract);
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`h${i}`, 'v'.repeat(1_083)]));
    bench.admin.sendToQueue(contract.name, Buffer.from('body'), { messageId: 'm', headers: many });
    await consumer.until('deadLettered');
    await eventually(async () => (await bench.admin.checkQueue(`${contract.name}.dead`)).messageCount === 1);
    const [letter] = await drained(bench.admin, `${contract.name}.dead`);
    expect(letter!.content.toString()).toBe('body');
    expect(letter!.properties.headers).toMatchObject(many);
  });

  /** What a method looks like that the broker sends on channel 0. */
  function methodFrame(classId: number, methodId: number, args: readonly number[]): Uint8Array {
    const payload = [0, classId, 0, methodId, ...args];
    return new Uint8Array([1, 0, 0, 0, 0, 0, payload.length, ...payload, 0xce]);
  }

  async function exchangeOf(name: string): Promise<string> {
    return name.split(' ').at(-1)!;
  }
});

/** All texts of it, those of causes and stacks included. */
function everythingOf(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > 6) return String(value);
  const own = Object.getOwnPropertyNames(value).map((name) => (value as Record<string, unknown>)[name]);
  return own.map((one) => everythingOf(one, depth + 1)).join('\n');
}
