import { EMPTY, lastValueFrom, NEVER, Observable, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { IncomingMessage } from '../../../lib/contracts/transport.ts';
import { DeadLetterError } from '../../../lib/contracts/transportFailure.ts';
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

describe.skipIf(withoutRabbitmq())('rabbitmqTransport', () => {
  const bench = useBroker();

  /** A durable queue of our own for messages that begin with `order`. */
  const queue = (handle: (message: IncomingMessage) => any, more: object = {}) =>
    ({ kind: 'durable', name: fresh('q'), bindings: ['order.#'], handle, ...more }) as const;

  it('Q1 publish completes when the broker has the message, and a handler gets it as it was', async () => {
    const transport = transportAt(bench.url);
    const got: IncomingMessage[] = [];
    await consuming(
      transport,
      queue((it) => void got.push(it)),
    );
    const headers = { a: '1', b: '', CC: 'z', 'x-death': 'no', 'x-rxfan-attempt': '7', ['__proto__']: 'own' };
    const sent = message('order.placed', { headers });

    await done(transport.publish(sent));
    await eventually(() => got.length > 0);

    expect(got).toStrictEqual([{ ...sent, attempt: 1 }]);
  });

  it('does nothing until it is used, and nothing but publish until that is subscribed to', async () => {
    const transport = transportAt('amqp://127.0.0.1:1');
    void transport.publish(message('order.placed'));
    void transport.consume(queue(() => {}));
    void transport.redrive('q');
    const states: string[] = [];
    transport.state$.subscribe((state) => states.push(state));
    expect(states).toEqual(['connecting']);
    await eventually(() => states.includes('disconnected'));
  });

  it('Q3 a message that nothing is bound to errors with UnroutableError, and those beside it do not', async () => {
    const transport = transportAt(bench.url);
    await consuming(
      transport,
      queue(() => {}),
    );
    const [lost, taken, again] = await Promise.allSettled([
      failureOf(transport.publish(message('nobody', { id: 'same' }))),
      done(transport.publish(message('order.1', { id: 'same' }))),
      failureOf(transport.publish(message('nobody', { id: 'same' }))),
    ]);
    expect(lost).toMatchObject({ value: { name: 'UnroutableError', messageId: 'same', routingKey: 'nobody' } });
    expect(taken.status).toBe('fulfilled');
    expect(again).toMatchObject({ value: { name: 'UnroutableError' } });
  });

  it.each(['', 'a.*', '#', 'a..b', 'x'.repeat(256), 'ä'.repeat(128), 'a b'])(
    'J3 a routing key %j is refused at publish, and the channel stays',
    async (routingKey) => {
      const transport = transportAt(bench.url);
      await consuming(
        transport,
        queue(() => {}),
      );
      expect(await failureOf(transport.publish(message(routingKey)))).toMatchObject({ name: 'InvalidMessageError' });
      await done(transport.publish(message('order.1')));
    },
  );

  it('J3 the longest routing key, headers and id go through', async () => {
    const transport = transportAt(bench.url);
    const got: IncomingMessage[] = [];
    await consuming(
      transport,
      queue((it) => void got.push(it)),
    );
    const names = Array.from({ length: 32 }, (_, i) => `${i}-`.padEnd(255, 'n'));
    const sent = message(`order.${'k'.repeat(249)}`, {
      id: '~'.repeat(128),
      headers: Object.fromEntries(names.map((name) => [name, 'v'.repeat(1_024)])),
    });
    await done(transport.publish(sent));
    await eventually(() => got.length > 0);
    expect(got).toStrictEqual([{ ...sent, attempt: 1 }]);
  });

  it('Q7 Q9 acknowledges only what is handled, with at most `concurrency` at a time', async () => {
    const transport = transportAt(bench.url);
    let running = 0;
    let most = 0;
    let handled = 0;
    const contract = queue(
      () =>
        new Observable((subscriber) => {
          most = Math.max(most, ++running);
          const work = timer(2).subscribe(() => subscriber.complete());
          return () => {
            running--;
            handled++;
            work.unsubscribe();
          };
        }),
      { concurrency: 7 },
    );
    await consuming(transport, contract);
    await Promise.all(Array.from({ length: 100 }, (_, i) => done(transport.publish(message(`order.${i}`)))));
    await eventually(() => handled === 100);
    await done(transport.close());

    expect(most).toBe(7);
    expect(await bench.admin.checkQueue(contract.name)).toMatchObject({ messageCount: 0, consumerCount: 0 });
  });

  it('Q10 with concurrency 1 keeps the order of what is published', async () => {
    const transport = transportAt(bench.url);
    const got: string[] = [];
    await consuming(
      transport,
      queue(async ({ id }) => void got.push(id)),
    );
    const ids = Array.from({ length: 300 }, (_, i) => `n-${i}`);
    await Promise.all(ids.map((id) => done(transport.publish(message('order.1', { id })))));
    await eventually(() => got.length === ids.length);
    expect(got).toEqual(ids);
  });

  it('Q11 a poison message lies among the dead letters with body, headers and reason, and others go on', async () => {
    const transport = transportAt(bench.url);
    const attempts: number[] = [];
    const others: string[] = [];
    const contract = queue(
      ({ id, attempt, routingKey }) => {
        expect(routingKey).toBe('order.bad');
        if (id !== 'poison') others.push(id);
        else {
          attempts.push(attempt);
          throw new Error('boom');
        }
      },
      { maxAttempts: 3, retryDelayMs: 60, maxRetryDelayMs: 80 },
    );
    const consumer = await consuming(transport, contract);
    const poison = message('order.bad', { id: 'poison', headers: { tenant: 't' } });
    await done(transport.publish(poison));
    await done(transport.publish(message('order.bad', { id: 'good' })));
    await consumer.until('deadLettered');

    expect(attempts).toEqual([1, 2, 3]);
    expect(others).toEqual(['good']);
    expect(consumer.events.slice(1)).toEqual([
      { kind: 'retried', id: 'poison', attempt: 1, delayMs: 60, cause: expect.any(Error) },
      { kind: 'retried', id: 'poison', attempt: 2, delayMs: 80, cause: expect.any(Error) },
      { kind: 'deadLettered', id: 'poison', attempt: 3, reason: 'boom', cause: expect.any(Error) },
    ]);
    const [letter, ...more] = await drained(bench.admin, `${contract.name}.dead`);
    expect(more).toEqual([]);
    expect(new Uint8Array(letter!.content)).toEqual(poison.body);
    expect(letter!.properties).toMatchObject({
      messageId: 'poison',
      contentType: 'text/plain',
      headers: { tenant: 't', 'x-rxfan-reason': 'boom', 'x-rxfan-routing-key': 'order.bad', 'x-rxfan-attempt': 3 },
    });
  });

  it('Q12 DeadLetterError and a body that is too long make dead letters at once; a longer one than the client sends, too', async () => {
    const transport = transportAt(bench.url);
    const handled: string[] = [];
    const contract = queue(
      ({ id }) => {
        handled.push(id);
        throw new DeadLetterError('no such account');
      },
      { maxBodyBytes: 1_000 },
    );
    const consumer = await consuming(transport, contract);
    await done(transport.publish(message('order.1', { id: 'refused' })));
    await consumer.until('deadLettered', 1);
    await done(transport.publish(message('order.2', { id: 'long', body: new Uint8Array(1_001) })));
    await consumer.until('deadLettered', 2);
    const huge = Buffer.alloc(17 * 1_024 ** 2);
    bench.admin.sendToQueue(contract.name, huge, { messageId: 'huge' });
    await consumer.until('deadLettered', 3);

    expect(handled).toEqual(['refused']);
    await eventually(async () => (await bench.admin.checkQueue(`${contract.name}.dead`)).messageCount === 3);
    const letters = await drained(bench.admin, `${contract.name}.dead`);
    expect(letters.map(({ properties }) => properties.headers?.['x-rxfan-reason'])).toEqual([
      'no such account',
      'its body has 1001 bytes, and 1000 is the most',
      undefined, // the broker moved it
    ]);
    expect(letters[2]!.content.length).toBe(huge.length);
  });

  it('redrive brings dead letters back as they were published, and counts their attempts from 1', async () => {
    const transport = transportAt(bench.url);
    const got: IncomingMessage[] = [];
    let isMended = false;
    const contract = queue((it) => {
      got.push(it);
      if (!isMended) throw new DeadLetterError('no');
    });
    const consumer = await consuming(transport, contract);
    const sent = [1, 2, 3].map((n) => message(`order.${n}`, { headers: { n: String(n) } }));
    for (const one of sent) await done(transport.publish(one));
    await consumer.until('deadLettered', 3);
    isMended = true;
    expect(await lastValueFrom(transport.redrive(contract.name, { max: 2 }))).toBe(2);
    expect(await lastValueFrom(transport.redrive(contract.name))).toBe(1);
    await eventually(() => got.length === 6);

    expect(got.slice(3)).toEqual(sent.map((one) => ({ ...one, attempt: 1 })));
    expect(await failureOf(transport.redrive(fresh('none')))).toMatchObject({ name: 'QueueConfigError' });
  });

  it('a transient queue is the consumer’s own: each gets every message, failures come again, and it leaves nothing', async () => {
    const transport = transportAt(bench.url);
    const got: string[] = [];
    const names = ['a', 'b'];
    const consumers = await Promise.all(
      names.map((who) =>
        consuming(transport, {
          ...queue(({ id, attempt }) => {
            got.push(`${who} ${id} ${attempt}`);
            if (who === 'b' && attempt === 1) throw new Error('again');
          }),
          kind: 'transient',
          retryDelayMs: 20,
        }),
      ),
    );
    await done(transport.publish(message('order.1', { id: 'm' })));
    await eventually(() => got.length === 3);
    expect([...got].sort()).toEqual(['a m 1', 'b m 1', 'b m 2']);

    for (const consumer of consumers) consumer.stop();
    const failed = () => failureOf(transport.publish(message('order.1')));
    await eventually(async () => (await failed().catch(String)).name === 'UnroutableError');
  });

  it('two consumers of one durable queue share the messages, and two queues get all of them', async () => {
    const exchange = { name: fresh('x'), type: 'direct' } as const;
    const transports = [0, 1].map(() => transportAt(bench.url, { exchange }));
    const shared = fresh('shared');
    const got: string[] = [];
    const contract = (name: string, who: string) =>
      ({ kind: 'durable', name, bindings: ['k'], handle: () => void got.push(who) }) as const;
    await consuming(transports[0]!, contract(shared, 'first'));
    await consuming(transports[1]!, contract(shared, 'second'));
    await consuming(transports[1]!, contract(fresh('all'), 'all'));
    await Promise.all(Array.from({ length: 50 }, () => done(transports[0]!.publish(message('k')))));
    await eventually(() => got.length === 100);

    expect(got.filter((who) => who === 'all').length).toBe(50);
    expect(new Set(got)).toEqual(new Set(['first', 'second', 'all']));
  });

  it('unsubscribing aborts the handlers and gives their messages back', async () => {
    const transport = transportAt(bench.url);
    const signals: AbortSignal[] = [];
    const contract = {
      ...queue(() => EMPTY),
      handle: (_: IncomingMessage, { signal }: { readonly signal: AbortSignal }) => {
        signals.push(signal);
        return NEVER;
      },
    };
    const consumer = await consuming(transport, contract);
    await done(transport.publish(message('order.1', { id: 'kept' })));
    await eventually(() => signals.length === 1);
    consumer.stop();
    expect(signals[0]!.aborted).toBe(true);

    const got: IncomingMessage[] = [];
    await consuming(transport, { ...contract, handle: (it) => void got.push(it) });
    await eventually(() => got.length === 1);
    expect(got).toMatchObject([{ id: 'kept', attempt: 2 }]);
  });

  it('Q18 close lets handlers finish, what they publish included, settles them, and frees everything', async () => {
    const transport = transportAt(bench.url);
    const done$ = queue(() => {}, { bindings: ['done'] });
    await consuming(transport, done$);
    let started = 0;
    const contract = queue(async () => {
      started++;
      await new Promise((resolve) => setTimeout(resolve, 100));
      await done(transport.publish(message('done')));
    });
    const consumer = await consuming(transport, contract);
    const states: string[] = [];
    transport.state$.subscribe({ next: (state) => states.push(state), complete: () => states.push('|') });
    await done(transport.publish(message('order.1')));
    await done(transport.publish(message('order.2')));
    await eventually(() => started === 1);
    await done(transport.close());

    expect(started).toBe(1);
    expect(consumer.completed()).toBe(true);
    expect(states).toEqual(['connected', 'closed', '|']);
    expect(await bench.admin.checkQueue(contract.name)).toMatchObject({ messageCount: 1, consumerCount: 0 });
    expect(await failureOf(transport.publish(message('order.3')))).toMatchObject({ name: 'ClosedError' });
    expect(await failureOf(transport.consume(contract))).toMatchObject({ name: 'ClosedError' });
  });

  it('Q18 Q1 the deadline of close bounds a handler that never ends', async () => {
    const transport = transportAt(bench.url);
    const contract = queue(() => new Promise(() => {}));
    const consumer = await consuming(transport, contract);
    await done(transport.publish(message('order.1')));
    await eventually(async () => (await bench.admin.checkQueue(contract.name)).messageCount === 0);
    const from = Date.now();
    await done(transport.close({ deadlineMs: 200 }));

    expect(Date.now() - from).toBeLessThan(1_000);
    expect(consumer.completed()).toBe(true);
    await eventually(async () => (await bench.admin.checkQueue(contract.name)).messageCount === 1);
  });

  it('Q14 a queue that is deleted is declared again', async () => {
    const transport = transportAt(bench.url);
    const got: string[] = [];
    const contract = queue(({ id }) => void got.push(id));
    const consumer = await consuming(transport, contract);
    await bench.admin.deleteQueue(contract.name);
    await consumer.until('interrupted');
    await consumer.until('consuming', 2);
    await done(transport.publish(message('order.1', { id: 'after' })));
    await eventually(() => got.length === 1);
    expect(got).toEqual(['after']);
  });

  it('J5 a queue that is there with other arguments is a QueueConfigError, at once and once', async () => {
    const transport = transportAt(bench.url);
    const contract = queue(() => {});
    await bench.admin.assertQueue(contract.name, { durable: false, autoDelete: true });
    const consumer = start(transport, contract);
    await eventually(() => consumer.failure() !== undefined);
    expect(consumer.failure()).toMatchObject({ name: 'QueueConfigError', queue: contract.name });
    expect(consumer.events).toEqual([]);
    await bench.admin.deleteQueue(contract.name);
  });

  it('J5 an exchange of another type refuses publishes, and is not asked for again and again', async () => {
    const exchange = { name: fresh('x'), type: 'topic' } as const;
    await bench.admin.assertExchange(exchange.name, 'direct', { autoDelete: true });
    const transport = transportAt(bench.url, { exchange });
    const failure = await failureOf(transport.publish(message('order.1')));
    expect(failure).toMatchObject({ name: 'PublishError', why: 'refused', cause: { name: 'QueueConfigError' } });
    await bench.admin.deleteExchange(exchange.name);
  });
});
