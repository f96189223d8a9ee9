import * as t from 'io-ts';
import { EMPTY, filter, firstValueFrom, Subject, switchMap, throwError, type Observable } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { Operation } from '../../lib/contracts/operation.ts';
import type { Transport } from '../../lib/contracts/transport.ts';
import { DeadLetterError } from '../../lib/contracts/transportFailure.ts';
import type { Bus, BusOptions } from '../../lib/core/events/bus.ts';
import { createAppliedIds } from '../../lib/core/events/createAppliedIds.ts';
import { createBus } from '../../lib/core/events/createBus.ts';
import { createOperations } from '../../lib/core/events/createOperations.ts';
import { defineCommand } from '../../lib/core/events/defineCommand.ts';
import { defineEvent } from '../../lib/core/events/defineEvent.ts';
import { defineMessages } from '../../lib/core/events/defineMessages.ts';
import type { Operations, SubmitOptions } from '../../lib/core/events/operations.ts';

const Order = t.strict({ order: t.string, amount: t.number }, 'Order');
const Place = defineCommand('order.place', Order);
const Placed = defineEvent('order.placed', Order);
const messages = defineMessages([Place, Placed]);
const ORDER = { order: 'o', amount: 1 };

/** Where services meet: another client of the same broker with each call. */
export type Connect = () => Transport;

/**
 * What services promise over any transport, in real time. `open` gives a broker that has seen nothing of these messages;
 * `newId` makes names that no other run has.
 */
export function describeEventServices(
  transport: string,
  open: () => Promise<{ readonly connect: Connect; readonly close: () => Promise<void> }>,
  newId: () => string,
): void {
  const leaving: (() => Promise<void>)[] = [];

  /** Services under names of their own, that are gone when the spec is over. */
  async function world() {
    const broker = await open();
    const connections: Transport[] = [];
    const run = newId();
    leaving.push(async () => {
      for (const each of connections) await done(each.close({ deadlineMs: 1_000 }));
      await broker.close();
    });
    const connect = () => {
      const made = broker.connect();
      connections.push(made);
      return made;
    };
    const named = (service: string) => `${service}-${run}`;

    return {
      connect,
      named,
      bus: (service: string, options: Partial<BusOptions<undefined>> = {}) =>
        createBus({ service: named(service), transport: connect(), messages, newId, retryDelayMs: 20, ...options }),
      operations() {
        const operations = createOperations({ service: named('api'), transport: connect(), messages, newId });
        operations.consume().subscribe();
        return operations;
      },
    };
  }

  describe(`services over ${transport}`, () => {
    afterEach(async () => {
      for (const leave of leaving.splice(0)) await leave();
    });

    it('C1, C9 a client learns how its command ended', async () => {
      const { bus, operations } = await world();
      const shop = bus('shop');
      shop.handle(Place, { handle: ({ amount }) => (amount < 0 ? throwError(() => new NoAmountError()) : EMPTY) });
      await consuming(shop);
      const client = operations();

      expect(await ended(client, ORDER)).toMatchObject({ command: 'order.place', state: 'succeeded' });
      const error = { code: 'no_amount', message: 'an order must have an amount' };
      expect(await ended(client, { ...ORDER, amount: -1 })).toMatchObject({ state: 'failed', error });
    });

    it('C2 whoever asks later gets the same, from a process that was there', async () => {
      const { bus, operations } = await world();
      const shop = bus('shop');
      shop.handle(Place, { handle: () => EMPTY });
      await consuming(shop);
      const client = operations();
      const end = await ended(client, ORDER);

      expect(await firstValueFrom(client.outcome(end.id))).toEqual(end);
      expect(client.get(end.id)).toEqual(end);
    });

    it('C11 a client that waits for a consumer that is down is told so, and the one started later completes it', async () => {
      const { bus, operations } = await world();
      const first = bus('shop');
      first.handle(Place, { handle: () => EMPTY });
      await consuming(first);
      await done(first.close());
      const client = operations();
      const { id } = await firstValueFrom(client.submit(Place, ORDER));
      await expect(firstValueFrom(client.outcome(id, { timeoutMs: 50 }))).rejects.toMatchObject({ code: 'timeout' });

      const second = bus('shop');
      second.handle(Place, { handle: () => EMPTY });
      await consuming(second);
      expect(await firstValueFrom(client.outcome(id))).toMatchObject({ state: 'succeeded' });
    });

    it('C3, G10 one idempotency key is one operation, and another body under it is refused', async () => {
      const { bus, operations } = await world();
      const placed: number[] = [];
      const shop = bus('shop');
      shop.handle(Place, { handle: ({ amount }) => void placed.push(amount) });
      await consuming(shop);
      const client = operations();
      const key = { idempotencyKey: 'k' };
      const [one, two] = await Promise.all([ended(client, ORDER, key), ended(client, ORDER, key)]);

      expect(one).toEqual(two);
      await expect(ended(client, { ...ORDER, amount: 2 }, key)).rejects.toMatchObject({
        code: 'idempotency_key_reused',
      });
      expect(placed).toEqual([1]);
    });

    it('one reads what one has written, once the view has it', async () => {
      const { bus, operations } = await world();
      const view = new Map<string, number>();
      const applied = createAppliedIds();
      const [shop, reader] = [bus('shop'), bus('reader')];
      shop.handle(Place, { handle: (order, { publish }) => publish(Placed, order) });
      reader.on(Placed, {
        id: 'view',
        handle({ order, amount }, { message }) {
          view.set(order, amount);
          applied.applied(message.correlationId);
        },
      });
      await consuming(reader);
      await consuming(shop);
      const client = operations();
      const { id } = await firstValueFrom(client.submit(Place, ORDER));
      await firstValueFrom(client.waitUntilApplied(id, applied));

      expect(view.get('o')).toBe(1);
    });

    it('two consumers of one service share the work, and two services each get every event', async () => {
      const { bus } = await world();
      const seen: string[] = [];
      const enough$ = new Subject<void>();
      const all = ['mail', 'mail', 'audit'].map((service) => {
        const each = bus(service);
        each.on(Placed, {
          id: 'view',
          handle({ amount }) {
            seen.push(`${service} ${amount}`);
            if (seen.length === 40) enough$.next();
          },
        });
        return each;
      });
      for (const each of all) await consuming(each);
      const enough = firstValueFrom(enough$);
      for (let amount = 0; amount < 20; amount++) await done(all[2]!.publish(Placed, { order: 'o', amount }));
      await enough;

      const expected = Array.from({ length: 20 }, (_, amount) => [`audit ${amount}`, `mail ${amount}`]).flat();
      expect(seen.toSorted()).toEqual(expected.toSorted());
    });

    it('R5, Q13 only the handler that failed gets the event again', async () => {
      const { bus } = await world();
      const seen: string[] = [];
      const over$ = new Subject<void>();
      const mail = bus('mail');
      mail.on(Placed, { id: 'good', handle: () => void seen.push('good') });
      mail.on(Placed, {
        id: 'bad',
        handle(_, { delivery }) {
          seen.push(`bad ${delivery}`);
          if (delivery < 3) throw new Error('not yet');
          over$.next();
        },
      });
      await consuming(mail);
      const over = firstValueFrom(over$);
      await done(mail.publish(Placed, ORDER));
      await over;

      expect(seen.toSorted()).toEqual(['bad 1', 'bad 2', 'bad 3', 'good']);
    });

    it('Q11, Q12 poison goes to the dead letters, others go on, and redrive brings it back', async () => {
      const { bus, connect, named } = await world();
      const seen: number[] = [];
      const step$ = new Subject<string>();
      let isBroken = true;
      const mail = bus('mail');
      mail.on(Placed, {
        id: 'view',
        handle({ amount }) {
          if (amount < 0 && isBroken) throw new DeadLetterError('no amount');
          seen.push(amount);
          step$.next('handled');
        },
      });
      await consuming(mail);
      const dead = firstValueFrom(mail.consume().pipe(filter(({ kind }) => kind === 'deadLettered')));
      await done(mail.publish(Placed, { order: 'o', amount: -1 }));
      await dead;
      const handled = firstValueFrom(step$);
      await done(mail.publish(Placed, { order: 'o', amount: 1 }));
      await handled;
      expect(seen).toEqual([1]);

      isBroken = false;
      const again = firstValueFrom(step$);
      expect(await firstValueFrom(connect().redrive(`${named('mail')}.events`))).toBe(1);
      await again;
      expect(seen).toEqual([1, -1]);
    });

    it('Q18 a service that stops loses nothing', async () => {
      const { bus, operations } = await world();
      const placed: number[] = [];
      const serve = async () => {
        const shop = bus('shop', { commandConcurrency: 1 });
        shop.handle(Place, { handle: ({ amount }) => void placed.push(amount) });
        await consuming(shop);
        return shop;
      };
      const first = await serve();
      const client = operations();
      const ends = Array.from({ length: 20 }, (_, amount) => ended(client, { order: 'o', amount }));
      await ends[0];
      await done(first.close());
      await serve();

      expect((await Promise.all(ends)).every(({ state }) => state === 'succeeded')).toBe(true);
      expect(placed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, amount) => amount));
    });
  });
}

class NoAmountError extends Error {
  override readonly name = 'NoAmountError';
  readonly code = 'no_amount';

  constructor() {
    super('an order must have an amount');
  }
}

function ended(operations: Operations, data: typeof ORDER, options?: SubmitOptions): Promise<Operation> {
  return firstValueFrom(operations.submit(Place, data, options).pipe(switchMap(({ id }) => operations.outcome(id))));
}

/** Reads its queues until the spec is over. Resolves when they are there. */
function consuming(bus: Bus<undefined>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    bus.consume().subscribe({ next: ({ kind }) => kind === 'consuming' && resolve(kind), error: reject });
  });
}

function done(work$: Observable<unknown>): Promise<void> {
  return new Promise((resolve, reject) => work$.subscribe({ complete: resolve, error: reject }));
}
