import { concat, EMPTY, NEVER, of, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createMemoryBroker, type MemoryBroker } from '../../../lib/adapters/memory/createMemoryBroker.ts';
import type { Envelope } from '../../../lib/contracts/envelope.ts';
import { DeadLetterError } from '../../../lib/contracts/transportFailure.ts';
import type { Bus, BusOptions } from '../../../lib/core/events/bus.ts';
import { createBus } from '../../../lib/core/events/createBus.ts';
import { record } from '../../support/record.ts';
import { virtually } from '../../support/virtually.ts';
import { Close, Closed, countedIds, Deposit, Deposited, messages } from './support/account.ts';
import { rawEnvelope, rawMessage } from './support/raw.ts';

const TEN = { account: 'a', amount: 10 };

function busOn(broker: MemoryBroker, options: Partial<BusOptions> = {}): Bus {
  return createBus({ service: 'bank', transport: broker.connect(), messages, newId: countedIds(), ...options });
}

describe('a bus', () => {
  it('brings an event to every handler of every service, once each', () => {
    const seen: string[] = [];
    virtually(() => {
      const broker = createMemoryBroker();
      for (const service of ['bank', 'audit']) {
        const bus = busOn(broker, { service });
        bus.on(Deposited, { id: 'one', handle: ({ amount }) => void seen.push(`${service} one ${amount}`) });
        bus.on(Deposited, { id: 'two', handle: ({ amount }) => void seen.push(`${service} two ${amount}`) });
        bus.consume().subscribe();
      }
      const second = busOn(broker); // of the same service: they share the work
      second.on(Deposited, { id: 'one', handle: ({ amount }) => void seen.push(`bank one ${amount}`) });
      second.on(Deposited, { id: 'two', handle: ({ amount }) => void seen.push(`bank two ${amount}`) });
      second.consume().subscribe();

      expect(record(second.publish(Deposited, TEN))).toEqual(['complete']);
    });
    expect(seen.sort()).toEqual(['audit one 10', 'audit two 10', 'bank one 10', 'bank two 10']);
  });

  it('tells a handler where a message comes from, and links what it publishes to it', () => {
    const seen: Envelope[] = [];
    virtually(() => {
      const bus = busOn(createMemoryBroker());
      bus.on(Deposited, { id: 'closing', handle: ({ account }, { publish }) => publish(Closed, { account }) });
      bus.on(Closed, { id: 'view', handle: (_, { message }) => void seen.push(message) });
      bus.messages$.subscribe((message) => seen.push(message));
      bus.consume().subscribe();
      const trace = { traceparent: '00-1-2-01', tracestate: 'a=b' };
      bus.publish(Deposited, TEN, { correlationId: 'c', tenant: 'acme', ...trace }).subscribe();
    });
    const [deposited, closed, handled] = seen;
    expect(deposited).toMatchObject({ id: 'id-1', correlationId: 'c', type: 'account.deposited', source: 'bank' });
    expect(closed).toMatchObject({ correlationId: 'c', causationId: 'id-1', tenant: 'acme', traceparent: '00-1-2-01' });
    expect(closed!.id).toMatch(/^[0-9a-f]{32}$/);
    expect(handled).toBe(closed);
    expect(Object.isFrozen(closed) && Object.isFrozen(closed!.data)).toBe(true);
  });

  it('Q7, R5 has a failed handler run again, and none that succeeded, and says which one failed', () => {
    const runs: string[] = [];
    const failures: unknown[] = [];
    const broker = createMemoryBroker();
    const stats = virtually((time) => {
      const bus = busOn(broker, { maxAttempts: 3, retryDelayMs: 100 });
      bus.errors$.subscribe((failure) => failures.push(failure));
      bus.on(Deposited, { id: 'good', handle: (_, { delivery }) => void runs.push(`good ${delivery} @${time.now()}`) });
      bus.on(Deposited, {
        id: 'bad',
        handle(_, { delivery }) {
          runs.push(`bad ${delivery} @${time.now()}`);
          throw new Error('no');
        },
      });
      bus.on(Deposited, {
        id: 'late',
        retry: { retries: 1, delayMs: 10 },
        handle(_, { delivery, attempt }) {
          runs.push(`late ${delivery}.${attempt}`);
          return attempt === 1 ? throwError(() => new Error('not yet')) : EMPTY;
        },
      });
      bus.consume().subscribe();
      bus.publish(Deposited, TEN).subscribe();
      return () => bus.stats();
    });
    expect(runs).toEqual(['good 1 @0', 'bad 1 @0', 'late 1.1', 'late 1.2', 'bad 2 @110', 'bad 3 @310']);
    expect(failures).toMatchObject([1, 2, 3].map((attempt) => ({ code: 'handler_failed', handler: 'bad', attempt })));
    expect(broker.deadLetters('bank.events')).toMatchObject([
      { reason: expect.stringContaining('bad failed') as string },
    ]);
    expect(stats()).toMatchObject({ received: 3, failed: 3, succeeded: 0, duplicates: 4, running: 0 });
  });

  it('Q11 sends a message to the dead letters at once when a handler says so, and others go on', () => {
    const broker = createMemoryBroker();
    const seen: number[] = [];
    virtually(() => {
      const bus = busOn(broker);
      bus.on(Deposited, {
        id: 'view',
        handle({ amount }) {
          if (amount < 0) throw new DeadLetterError('no amount');
          seen.push(amount);
        },
      });
      bus.consume().subscribe();
      concat(...[1, -1, 2].map((amount) => bus.publish(Deposited, { ...TEN, amount }))).subscribe();
    });
    expect(seen).toEqual([1, 2]);
    expect(broker.deadLetters('bank.events')).toMatchObject([
      { reason: expect.stringContaining('no amount') as string },
    ]);
  });

  it('T9, T10 lets no handler feel another one that is slow, as far as eventConcurrency reaches', () => {
    const seen: string[] = [];
    virtually((time) => {
      const bus = busOn(createMemoryBroker(), { eventConcurrency: 10 });
      bus.on(Deposited, { id: 'stuck', handle: () => NEVER });
      bus.on(Deposited, { id: 'quick', handle: ({ amount }) => void seen.push(`${amount} @${time.now()}`) });
      bus.consume().subscribe();
      for (let amount = 0; amount < 12; amount++) bus.publish(Deposited, { ...TEN, amount }).subscribe();
    });
    expect(seen).toEqual(Array.from({ length: 10 }, (_, amount) => `${amount} @0`));
  });

  it.each([
    ['J1 not JSON', rawMessage('account.deposited', 'hello')],
    ['J1 0 bytes', rawMessage('account.deposited', '')],
    [
      'J1 another content type',
      rawMessage('account.deposited', rawEnvelope({ data: TEN }), { contentType: 'text/xml' }),
    ],
    ['Q12 an unknown type', rawMessage('account.deposited', rawEnvelope({ type: 'nobody.knows', data: TEN }))],
    [
      'Q12 a type without a handler',
      rawMessage('account.deposited', rawEnvelope({ type: 'account.closed', data: TEN })),
    ],
    [
      'Q12 a command among events',
      rawMessage('account.deposited', rawEnvelope({ type: 'account.deposit', data: TEN })),
    ],
    ['Q12 data that is none', rawMessage('account.deposited', rawEnvelope({ data: { account: 1 } }))],
    ['Q12 a version to come', rawMessage('account.deposited', rawEnvelope({ version: 2, data: TEN }))],
  ])('sends %s to the dead letters at first delivery, and calls nobody', (_, message) => {
    const broker = createMemoryBroker();
    const seen: unknown[] = [];
    const failures: unknown[] = [];
    const stats = virtually(() => {
      const bus = busOn(broker, { onError: (failure) => failures.push(failure) });
      bus.on(Deposited, { id: 'view', handle: (data) => void seen.push(data) });
      bus.consume().subscribe();
      broker.connect().publish(message).subscribe();
      bus.publish(Deposited, TEN).subscribe();
      return () => bus.stats();
    });
    expect(seen).toEqual([TEN]);
    expect(broker.deadLetters('bank.events')).toMatchObject([{ message: { id: 'raw', body: message.body } }]);
    expect(failures).toMatchObject([{ name: 'RejectedMessageError', queue: 'bank.events', messageId: 'raw' }]);
    expect(stats()).toMatchObject({ received: 2, rejected: 1, succeeded: 1 });
  });

  it('Q3 counts and tells what nobody is there to get, and does not take it for published', () => {
    const failures: unknown[] = [];
    virtually(() => {
      const bus = busOn(createMemoryBroker(), { onError: (failure) => failures.push(failure) });
      expect(record(bus.publish(Deposited, TEN))).toEqual(['complete']);
      expect(bus.stats()).toMatchObject({ published: 0, unroutable: 1 });
    });
    expect(failures).toMatchObject([{ code: 'unroutable', routingKey: 'account.deposited' }]);
  });

  it('Q13 takes no message again that was published again by a handler that runs again', () => {
    const seen: unknown[] = [];
    virtually(() => {
      const bus = busOn(createMemoryBroker(), { retryDelayMs: 10 });
      bus.on(Deposited, {
        id: 'closing',
        handle: ({ account }, { publish, delivery }) =>
          concat(
            publish(Closed, { account }),
            publish(Closed, { account }), // twice is meant
            publish(Closed, { account: `b${delivery}` }),
            delivery === 1 ? throwError(() => new Error('no')) : EMPTY,
          ),
      });
      bus.on(Closed, { id: 'view', handle: ({ account }) => void seen.push(account) });
      bus.consume().subscribe();
      bus.publish(Deposited, TEN).subscribe();
    });
    expect(seen).toEqual(['a', 'a', 'b1', 'b2']);
  });

  it('refuses handlers that cannot be: a second one of a command, strangers, latecomers', () => {
    const broker = createMemoryBroker();
    const bus = busOn(broker);
    const handler = { id: 'h', handle: () => undefined };
    bus.handle(Deposit, handler);
    bus.on(Deposited, handler);
    expect(() => bus.handle(Deposit, handler)).toThrow(expect.objectContaining({ code: 'handler_taken' }));
    expect(() => bus.on(Deposited, handler)).toThrow(expect.objectContaining({ code: 'invalid_option' }));
    expect(() => bus.on({ ...Deposited }, handler)).toThrow(expect.objectContaining({ code: 'unknown_message' }));
    expect(() => bus.publish({ ...Deposited }, TEN)).toThrow(expect.objectContaining({ code: 'unknown_message' }));
    expect(() => busOn(broker, { service: 'a b' })).toThrow(expect.objectContaining({ option: 'service' }));
    virtually(() => bus.consume().subscribe());
    expect(() => bus.handle(Close, handler)).toThrow(expect.objectContaining({ code: 'bus_started' }));
    expect(() => bus.on(Closed, handler)).toThrow(expect.objectContaining({ code: 'bus_started' }));
  });

  it('composes what an outbox keeps: what publish would send', () => {
    const seen: unknown[] = [];
    virtually(() => {
      const broker = createMemoryBroker();
      const bus = busOn(broker);
      bus.on(Deposited, { id: 'view', handle: (data) => void seen.push(data) });
      bus.consume().subscribe();
      broker.connect().publish(bus.compose(Deposited, TEN)).subscribe();
    });
    expect(seen).toEqual([TEN]);
    expect(() => busOn(createMemoryBroker()).compose(Deposited, { account: 'a', amount: Infinity })).toThrow('JSON');
  });

  it('shows events as they come to whoever watches, each with a queue of its own', () => {
    const [one, two]: unknown[][] = [[], []];
    virtually((time) => {
      const broker = createMemoryBroker();
      const bus = busOn(broker);
      bus.watch([Deposited]).subscribe((event) => one!.push(event.kind === 'event' ? event.message.data : event.kind));
      const watching = bus.watch([Deposited, Closed]).subscribe((event) => two!.push(event.kind));
      bus.publish(Deposited, TEN).subscribe();
      bus.publish(Closed, { account: 'a' }).subscribe();
      broker.connect().publish(rawMessage('account.deposited', 'junk')).subscribe();
      time.at(1, () => {
        expect(bus.stats()).toMatchObject({ rejected: 2 });
        watching.unsubscribe();
        bus.publish(Closed, { account: 'b' }).subscribe();
        expect(bus.stats()).toMatchObject({ unroutable: 1 });
      });
    });
    expect(one).toEqual(['consuming', TEN, 'deadLettered']);
    expect(two).toEqual(['consuming', 'event', 'event', 'deadLettered']);
  });

  it('Q18 closes when what runs is settled, and gives back what it did not begin', () => {
    const broker = createMemoryBroker();
    const ends: unknown[] = [];
    const seen: string[] = [];
    virtually((time) => {
      const bus = busOn(broker, { eventConcurrency: 1 });
      bus.on(Deposited, { id: 'view', handle: ({ amount }) => concat(timer(50), of(seen.push(`first ${amount}`))) });
      bus.consume().subscribe({ complete: () => ends.push(`consumed @${time.now()}`) });
      for (const amount of [1, 2]) bus.publish(Deposited, { ...TEN, amount }).subscribe();
      time.at(10, () => bus.close().subscribe({ complete: () => ends.push(`closed @${time.now()}`) }));
      time.at(100, () => {
        expect(record(bus.publish(Deposited, TEN))).toMatchObject([{ code: 'closed' }]);
        expect(bus.stats()).toMatchObject({ running: 0, succeeded: 1 });
        const next = busOn(broker);
        next.on(Deposited, { id: 'view', handle: ({ amount }) => void seen.push(`next ${amount}`) });
        next.consume().subscribe();
      });
    });
    expect(ends).toEqual(['consumed @50', 'closed @50']);
    expect(seen).toEqual(['first 1', 'next 2']);
  });

  it('Q18 closes at the deadline: what still runs is aborted, and comes again', () => {
    const broker = createMemoryBroker();
    const seen: unknown[] = [];
    virtually((time) => {
      const bus = busOn(broker);
      const failures = record(bus.errors$);
      bus.on(Deposited, {
        id: 'view',
        handle(_, { signal }) {
          signal.addEventListener('abort', () => seen.push(`aborted @${time.now()}`));
          return NEVER;
        },
      });
      bus.consume().subscribe();
      bus.publish(Deposited, TEN).subscribe();
      time.at(10, () => bus.close({ deadlineMs: 20 }).subscribe());
      time.at(40, () => {
        expect(failures).toEqual(['complete']);
        expect(bus.stats()).toMatchObject({ running: 0, givenUp: 1, failed: 0 });
        const next = busOn(broker);
        next.on(Deposited, { id: 'view', handle: (_, { delivery }) => void seen.push(delivery) });
        next.consume().subscribe();
      });
    });
    expect(seen).toEqual(['aborted @30', 2]);
    expect(broker.deadLetters('bank.events')).toEqual([]);
  });

  it('gives messages back, without a failure, when nobody consumes any more', () => {
    const seen: unknown[] = [];
    const broker = createMemoryBroker();
    virtually((time) => {
      const bus = busOn(broker);
      const failures = record(bus.errors$);
      bus.on(Deposited, {
        id: 'view',
        retry: { retries: 9 },
        handle: (_, { delivery }) => timer(delivery === 1 ? 100 : 0),
      });
      bus.messages$.subscribe(() => seen.push(time.now()));
      const consuming = bus.consume().subscribe();
      bus.publish(Deposited, TEN).subscribe();
      time.at(10, () => consuming.unsubscribe());
      time.at(20, () => bus.consume().subscribe());
      time.at(30, () => {
        expect(failures).toEqual([]);
        expect(bus.stats()).toMatchObject({ received: 2, givenUp: 1, succeeded: 1, running: 0 });
      });
    });
    expect(seen).toEqual([0, 20]);
  });
});
