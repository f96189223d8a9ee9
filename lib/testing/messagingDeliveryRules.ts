import { timer } from 'rxjs';
import { gate } from './gate.ts';
import { ensure } from './law.ts';
import { idsOf, type Trial } from './messagingTrial.ts';
import { showValue } from './showValue.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);

/** What every transport keeps of what is delivered. */
export const messagingDeliveryRules: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  'gives each durable queue each message once': async (trial) => {
    const transports = [trial.connect(), trial.connect()];
    const consumers = await Promise.all(
      ['billing', 'mail'].map((name, i) => trial.consume(transports[i]!, { name: trial.own(name), concurrency: 10 })),
    );
    const ids = numbers(50);
    await trial.publish(transports[0]!, ...ids);
    for (const { seen } of consumers) {
      const found = await seen.until(({ length }) => length >= ids.length, 'not all messages came to each queue');
      ensure(sorted(idsOf(found)) === sorted(ids), `of 50 messages a queue had ${showValue(idsOf(found))}`);
    }
  },

  'lets two consumers of a queue share it': async (trial) => {
    const transports = [trial.connect(), trial.connect()];
    const both = gate();
    const all = trial.log<string>();
    const busy = new Set<number>();
    const consumers = await Promise.all(
      transports.map((transport, i) =>
        trial.consume(transport, {
          handle: async ({ id }) => {
            if (busy.add(i).size === 2) both.open();
            await both.opened; // while one waits here, the other one must get a message
            all.add(id);
          },
        }),
      ),
    );
    const ids = numbers(20);
    await trial.publish(transports[0]!, ...ids);
    const found = await all.until(
      ({ length }) => length >= ids.length,
      'not all messages came to one of two consumers',
    );
    ensure(sorted(found) === sorted(ids), `two consumers of a queue had ${showValue(found)}`);
    ensure(
      consumers.every(({ seen }) => seen.all.length > 0),
      'one of two consumers had nothing',
    );
  },

  'keeps for a durable queue what comes while nobody consumes': async (trial) => {
    const transport = trial.connect();
    const first = await trial.consume(transport);
    first.subscription.unsubscribe();
    await trial.publish(transport, 'a', 'b');
    const { seen } = await trial.consume(trial.connect());
    const found = await seen.until(({ length }) => length >= 2, 'what came while nobody consumed did not come later');
    ensure(idsOf(found).join() === 'a,b', `a and b waited in the queue, and ${showValue(idsOf(found))} came`);
  },

  'gives transient queues what comes while they consume, each of them': async (trial) => {
    const transport = trial.connect();
    await trial.consume(transport); // so that all can be routed
    await trial.publish(transport, 'before');
    const transients = await Promise.all(
      [0, 1].map(() => trial.consume(trial.connect(), { kind: 'transient', name: trial.own('watch') })),
    );
    await trial.publish(transport, 'during', 'last');
    for (const { seen } of transients) {
      const found = await seen.until((all) => idsOf(all).includes('last'), 'a transient queue did not get a message');
      ensure(idsOf(found).join() === 'during,last', `a transient queue had ${showValue(idsOf(found))}`);
    }
  },

  'ends a transient queue with its consumer': async (trial) => {
    const transport = trial.connect();
    const facts = { kind: 'transient' as const, bindings: [trial.own('key'), trial.own('mine')] };
    const own = { ...trial.message('nowhere'), routingKey: trial.own('mine') };
    await trial.consume(transport); // bound to the other key
    const first = await trial.consume(transport, { ...facts, name: trial.own('t') });
    await trial.done(transport.publish(own), 'a publish to a transient queue');
    await first.seen.until(({ length }) => length === 1, 'a message did not come');
    first.subscription.unsubscribe();
    // It may take a moment until the broker has heard of it: what is published until then is nobody's.
    const end = Date.now() + trial.deadlineMs;
    while ((await trial.failureOf(transport.publish(own), 'a publish')) === undefined) {
      ensure(Date.now() < end, 'a consumer of a transient queue has left, and the queue is still there');
      await trial.done(timer(20), 'a wait');
    }
    const second = await trial.consume(transport, { ...facts, name: trial.own('t') });
    await trial.publish(transport, 'last');
    const found = await second.seen.until((all) => idsOf(all).includes('last'), 'a message did not come');
    ensure(idsOf(found).join() === 'last', `a transient queue had ${showValue(idsOf(found))}`);
  },

  'Q10 keeps the order at concurrency 1': async (trial) => {
    const transport = trial.connect();
    let running = 0;
    let most = 0;
    const { seen } = await trial.consume(transport, {
      handle: async ({ id }) => {
        most = Math.max(most, ++running);
        if (Number(id) % 10 === 0) await Promise.resolve();
        running--;
      },
    });
    const ids = numbers(100);
    await Promise.all(ids.map((id) => trial.done(transport.publish(trial.message(id)), 'a publish')));
    const found = await seen.until(({ length }) => length >= ids.length, 'not all messages came');
    ensure(idsOf(found).join() === ids.join(), `100 messages were published, and came as ${idsOf(found).join()}`);
    ensure(most === 1, `${most} handlers ran at concurrency 1`);
  },

  'Q9 runs as many handlers at once as its concurrency says, and no more': async (trial) => {
    const transport = trial.connect();
    const gates = trial.log<ReturnType<typeof gate>>();
    const done = trial.log<string>();
    await trial.consume(transport, {
      concurrency: 3,
      handle: async ({ id }) => {
        const shut = gate();
        gates.add(shut);
        await shut.opened;
        done.add(id);
      },
    });
    await trial.publish(transport, ...numbers(9));
    for (let finished = 0; finished < 9; finished++) {
      const running = Math.min(9, 3 + finished);
      await gates.until(({ length }) => length >= running, `${running} handlers had not begun`);
      await trial.done(timer(5), 'a wait'); // for one too many
      ensure(gates.all.length === running, `at concurrency 3, ${gates.all.length - finished} handlers ran`);
      gates.all[finished]!.open();
      await done.until(({ length }) => length > finished, 'a handler did not end');
    }
  },

  'gives a message that two bindings of a queue match once': async (trial) => {
    const transport = trial.connect();
    const key = trial.own('key');
    const patterns = trial.exchange === 'topic' ? [trial.own('*'), trial.own('#')] : [key];
    const { seen } = await trial.consume(transport, { bindings: [key, ...patterns] });
    await trial.publish(transport, 'one', 'last');
    const found = await seen.until((all) => idsOf(all).includes('last'), 'a message did not come');
    ensure(idsOf(found).join() === 'one,last', `a queue had ${showValue(idsOf(found))}`);
  },

  'adds the bindings of each consumer of a queue': async (trial) => {
    const transport = trial.connect();
    const first = await trial.consume(transport, { bindings: [trial.own('one')] });
    first.subscription.unsubscribe();
    const { seen } = await trial.consume(transport, { bindings: [trial.own('two')] });
    for (const key of ['one', 'two']) {
      await trial.done(transport.publish(trial.message(key, { routingKey: trial.own(key) })), `the publish to ${key}`);
    }
    await seen.until(({ length }) => length >= 2, 'a queue was bound twice, and not all messages came');
  },
};

/** What an exchange of topics keeps besides. */
export const messagingPatternRules: Readonly<Record<string, (trial: Trial) => Promise<void>>> = {
  'knows patterns: * is one word, # any number of them': async (trial) => {
    const transport = trial.connect();
    const keys = ['a', 'a.b', 'a.c', 'a.b.c', 'x.b', 'x.b.c'];
    const wanted: Readonly<Record<string, readonly string[]>> = {
      'a.b': ['a.b'],
      'a.*': ['a.b', 'a.c'],
      'a.#': ['a', 'a.b', 'a.c', 'a.b.c'],
      '#.b.#': ['a.b', 'a.b.c', 'x.b', 'x.b.c'],
      '*.b.*': ['a.b.c', 'x.b.c'],
      '#': keys,
    };
    const consumers = await Promise.all(
      Object.keys(wanted).map((pattern, i) =>
        trial.consume(transport, { name: trial.own(`q${i}`), bindings: [trial.own(pattern), trial.own('last')] }),
      ),
    );
    for (const key of [...keys, 'last']) {
      await trial.done(transport.publish(trial.message(key, { routingKey: trial.own(key) })), `the publish to ${key}`);
    }
    for (const [i, [pattern, expected]] of Object.entries(wanted).entries()) {
      const found = await consumers[i]!.seen.until((all) => idsOf(all).includes('last'), 'a message did not come');
      const ids = idsOf(found).slice(0, -1);
      ensure(ids.join() === expected.join(), `${pattern} was bound, and ${showValue(ids)} came of ${showValue(keys)}`);
    }
  },
};

function sorted(ids: readonly string[]): string {
  return [...ids].sort().join();
}
