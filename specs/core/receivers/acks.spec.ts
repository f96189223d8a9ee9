import { NEVER, Observable, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Acknowledgement, Route } from '../../../lib/contracts/receiver.ts';
import { AckTimeoutError, NackedError, RouteError } from '../../../lib/contracts/receiverFailure.ts';
import { createReceiver, type ReceiverOptions } from '../../../lib/core/receivers/createReceiver.ts';
import { record } from '../../support/record.ts';
import { virtually } from '../../support/virtually.ts';
import { manual } from './support/manual.ts';

const open = (options: Partial<ReceiverOptions<number>> = {}) =>
  createReceiver<number>({ tenant: 'acme', name: 'orders', ...options });

const outcomesOf = ({ state }: Acknowledgement) => (state.kind === 'pending' ? {} : Object.fromEntries(state.outcomes));

describe('acknowledgement', () => {
  it('R4 comes once, when the last route has settled the event', () => {
    virtually(({ at }) => {
      const receiver = open();
      const [a, b, c] = ['a', 'b', 'c'].map((id) => manual(receiver, id));
      const ack = receiver.next(7);
      const told = record(ack.settled$);
      at(10, () => b!.calls[0]!.succeed());
      at(20, () => c!.calls[0]!.succeed());
      at(29, () => expect([ack.state.kind, told]).toEqual(['pending', []]));
      at(30, () => a!.calls[0]!.succeed());
      at(31, () => {
        const acked = { kind: 'acked', outcomes: new Map(['b', 'c', 'a'].map((id) => [id, 'succeeded'])) };
        expect(told).toEqual([acked, 'complete']);
        expect(ack.state).toEqual(acked);
        expect(record(ack.settled$)).toEqual([acked, 'complete']); // to who asks later, too
        receiver.unsubscribe();
      });
    });
  });

  it('R4 a nack of one route cancels no other, and waits for them', () => {
    virtually(({ at }) => {
      const receiver = open();
      const [a, b] = ['a', 'b'].map((id) => manual(receiver, id));
      const ack = receiver.next(7);
      at(10, () => a!.calls[0]!.fail('no'));
      at(11, () => {
        expect(ack.state.kind).toBe('pending');
        expect(b!.calls[0]!.isOpen()).toBe(true);
        expect(b!.calls[0]!.context.signal.aborted).toBe(false);
      });
      at(20, () => b!.calls[0]!.succeed());
      at(21, () => {
        expect(ack.state.kind).toBe('nacked');
        expect(outcomesOf(ack)).toEqual({ a: 'failed', b: 'succeeded' });
        receiver.unsubscribe();
      });
    });
  });

  it('R4 the nack names the routes that failed, with the errors that were told', () => {
    virtually(({ at }) => {
      const receiver = open();
      const errors = record(receiver.errors$);
      receiver.addRoute({ id: 'fails', handle: () => throwError(() => 'no') });
      receiver.addRoute({ id: 'full', handle: () => NEVER, bufferSize: 0 });
      const closed = receiver.addRoute({ id: 'closed', handle: () => NEVER });
      receiver.addRoute({ id: 'fine', handle: () => undefined });
      receiver.next(1); // takes the only place of `full`
      const ack = receiver.next(2);
      at(10, () => closed.close());
      at(11, () => {
        const { state } = ack;
        const error = (state.kind === 'nacked' ? state.error : undefined) as NackedError;
        expect(error).toBeInstanceOf(NackedError);
        expect(error).toMatchObject({ tenant: 'acme', receiver: 'orders', id: 2, code: 'nacked' });
        expect(error.failures.map(({ route, outcome }) => [route, outcome])).toEqual([
          ['full', 'refused'],
          ['fails', 'failed'],
          ['closed', 'discarded'],
        ]);
        expect(error.message).toBe(
          'acme/orders: event 2 is not settled: full (refused), fails (failed), closed (discarded)',
        );
        const [full, fails] = error.failures.map((failure) => failure.error);
        expect(error.cause).toBe(full);
        expect(full).toBeInstanceOf(RouteError);
        expect(full).toMatchObject({ route: 'full', id: 2, event: 2, attempt: 0, cause: { code: 'overflow' } });
        expect(fails).toMatchObject({ route: 'fails', id: 2, event: 2, attempt: 1, cause: 'no' });
        expect(errors.filter((one) => (one as RouteError).id === 2)).toEqual([full, fails]); // each once
        receiver.unsubscribe();
      });
    });
  });

  it('is immediate where there is no route', () => {
    const receiver = open();
    const ack = receiver.next(1);
    expect(ack.state).toEqual({ kind: 'acked', outcomes: new Map() });
    expect(record(ack.taken$)).toEqual(['complete']);
    receiver.unsubscribe();
  });

  const policies: readonly (readonly [string, Partial<Omit<Route<number>, 'handle'>>, Record<string, string>])[] = [
    ['dropOldest', { overflow: 'dropOldest', bufferSize: 1 }, { 2: 'dropped', 3: 'succeeded' }],
    ['dropNewest', { overflow: 'dropNewest', bufferSize: 1 }, { 2: 'succeeded', 3: 'dropped' }],
    ['coalesce', { overflow: 'coalesce', bufferSize: 1 }, { 2: 'coalesced', 3: 'succeeded' }],
    ['park', { overflow: 'park', bufferSize: 1 }, { 2: 'succeeded', 3: 'parked' }],
  ];
  it.each(policies)('counts as settled what a route does not take by its own policy: %s', (_, contract, expected) => {
    virtually(({ at }) => {
      const receiver = open();
      receiver.addRoute({ id: 'a', handle: () => timer(10), ...contract });
      const acks = [1, 2, 3].map((event) => receiver.next(event));
      at(50, () => {
        expect(acks.map(({ state }) => state.kind)).toEqual(['acked', 'acked', 'acked']);
        expect(outcomesOf(acks[1]!)).toEqual({ a: expected[2] });
        expect(outcomesOf(acks[2]!)).toEqual({ a: expected[3] });
        receiver.unsubscribe();
      });
    });
  });

  it('counts as settled what a route that parks its failures has put aside', () => {
    virtually(({ at }) => {
      const receiver = open();
      const errors = record(receiver.errors$);
      const route = receiver.addRoute({ id: 'a', handle: () => throwError(() => 'no'), onFailure: 'park' });
      const ack = receiver.next(1);
      at(1, () => {
        expect(ack.state.kind).toBe('acked');
        expect(outcomesOf(ack)).toEqual({ a: 'parked' });
        expect(route.parked()).toEqual([1]);
        expect(errors).toMatchObject([{ route: 'a', event: 1, cause: 'no' }]); // it is told all the same
        receiver.unsubscribe();
      });
    });
  });

  it('nacks an event that is not settled in time, by a typed error, and hears nothing of what comes later', () => {
    virtually(({ at }) => {
      const receiver = open({ ackTimeoutMs: 100 });
      const errors = record(receiver.errors$);
      const [a, b] = ['a', 'b'].map((id) => manual(receiver, id));
      at(50, () => {
        const ack = receiver.next(7);
        const told = record(ack.settled$);
        at(60, () => a!.calls[0]!.succeed());
        at(149, () => expect(ack.state.kind).toBe('pending'));
        at(151, () => {
          expect(ack.state).toMatchObject({
            kind: 'nacked',
            error: { code: 'ack_timeout', afterMs: 100, routes: ['b'] },
          });
          expect(errors).toEqual([told[0] && (told[0] as { readonly error: unknown }).error]);
          expect(errors[0]).toBeInstanceOf(AckTimeoutError);
          expect(b!.calls[0]!.isOpen()).toBe(true); // the route goes on
        });
        at(160, () => b!.calls[0]!.succeed());
        at(161, () => {
          expect(told).toHaveLength(2);
          expect(ack.state.kind).toBe('nacked');
          expect(receiver.stats()).toMatchObject({ acked: 0, nacked: 1, pending: 0 });
          receiver.unsubscribe();
        });
      });
    });
  });

  it('leaves no timer when nothing is pending, and takes a time limit of more than 2^31 ms', () => {
    virtually(({ at, timers }) => {
      const receiver = open({ ackTimeoutMs: 2 ** 33 });
      const a = manual(receiver, 'a');
      const ack = receiver.next(1);
      at(2 ** 32, () => {
        expect(ack.state.kind).toBe('pending');
        a.calls[0]!.succeed();
        expect(ack.state.kind).toBe('acked');
        expect(timers()).toBe(0);
      });
    });
  });

  it('R5 a retry runs the routes that failed, under the same id, and no other', () => {
    virtually(({ at }) => {
      const receiver = open();
      const [a, b, c] = ['a', 'b', 'c'].map((id) => manual(receiver, id));
      const first = receiver.next(7);
      at(1, () => {
        a!.calls[0]!.succeed();
        b!.calls[0]!.fail();
        c!.calls[0]!.fail();
      });
      at(10, () => {
        const second = first.retry();
        expect(second.id).toBe(first.id);
        expect(second.state.kind).toBe('pending');
        expect(first.retry()).toBe(second); // it is under way
        at(11, () => {
          expect([a, b, c].map((route) => route!.calls.length)).toEqual([1, 2, 2]);
          expect(new Set(b!.calls.map(({ context }) => context.id)).size).toBe(1);
          b!.calls[1]!.succeed();
          c!.calls[1]!.fail();
        });
        at(20, () => {
          expect(outcomesOf(second)).toEqual({ a: 'succeeded', b: 'succeeded', c: 'failed' });
          const third = second.retry();
          at(21, () => c!.calls[2]!.succeed());
          at(22, () => {
            expect(third.state.kind).toBe('acked');
            expect(outcomesOf(third)).toEqual({ a: 'succeeded', b: 'succeeded', c: 'succeeded' });
            expect([a, b, c].map((route) => route!.calls.length)).toEqual([1, 2, 3]);
            expect([first.state.kind, second.state.kind]).toEqual(['nacked', 'nacked']); // they have ended
            expect(first.retry()).toBe(third);
            expect(receiver.stats()).toMatchObject({ received: 1, retried: 2, acked: 1, nacked: 2, pending: 0 });
            receiver.unsubscribe();
          });
        });
      });
    });
  });

  it('R5 a retry after the time limit waits for the routes that still have the event, and does not hand it to them twice', () => {
    virtually(({ at }) => {
      const receiver = open({ ackTimeoutMs: 100 });
      const [a, b] = ['a', 'b'].map((id) => manual(receiver, id));
      const first = receiver.next(7);
      at(1, () => a!.calls[0]!.fail());
      at(150, () => {
        const second = first.retry();
        at(151, () => a!.calls[1]!.succeed());
        at(152, () => expect(second.state.kind).toBe('pending'));
        at(160, () => b!.calls[0]!.succeed());
        at(161, () => {
          expect(second.state.kind).toBe('acked');
          expect([a!.calls.length, b!.calls.length]).toEqual([2, 1]);
          receiver.unsubscribe();
        });
      });
    });
  });

  it('R5 a redelivery under the same id runs the routes that failed, and acks at once when meanwhile all are settled', () => {
    virtually(({ at }) => {
      const receiver = open({ ackTimeoutMs: 100 });
      const [a, b] = ['a', 'b'].map((id) => manual(receiver, id));
      const first = receiver.next(7, { id: 'seven' });
      const joined = receiver.next(7, { id: 'seven' }); // redelivered before it has ended: one end for both
      at(1, () => {
        expect(joined).toBe(first);
        a!.calls[0]!.fail();
        b!.calls[0]!.succeed();
      });
      at(2, () => {
        expect(first.state.kind).toBe('nacked');
        const again = receiver.next(7, { id: 'seven' });
        at(3, () => expect([a!.calls.length, b!.calls.length]).toEqual([2, 1]));
        at(200, () => expect(again.state).toMatchObject({ kind: 'nacked', error: { code: 'ack_timeout' } }));
        at(210, () => a!.calls[1]!.succeed()); // late: not heard by `again`, but not forgotten
        at(220, () => {
          expect(receiver.next(7, { id: 'seven' }).state.kind).toBe('acked');
          expect([a!.calls.length, b!.calls.length]).toEqual([2, 1]);
          receiver.next(7, { id: 'seven' }); // after the ack it is a new event
          at(221, () => {
            expect([a!.calls.length, b!.calls.length]).toEqual([3, 2]);
            expect(receiver.stats()).toMatchObject({ received: 5, acked: 1, nacked: 2, joined: 1, pending: 1 });
            receiver.unsubscribe();
          });
        });
      });
    });
  });

  it('R5 remembers so many nacked events, and takes a forgotten one for a new one', () => {
    virtually(({ at }) => {
      const receiver = open({ rememberNacked: 2 });
      const [a, b] = ['a', 'b'].map((id) => manual(receiver, id));
      for (const id of ['x', 'y', 'z']) receiver.next(1, { id });
      at(1, () => {
        for (const call of a!.open()) call.fail();
        for (const call of b!.open()) call.succeed();
      });
      at(2, () => {
        for (const id of ['z', 'y', 'x']) receiver.next(2, { id });
      });
      at(3, () => {
        expect(a!.open().map(({ context }) => context.id)).toEqual(['z', 'y', 'x']);
        expect(b!.open().map(({ context }) => context.id)).toEqual(['x']);
        receiver.unsubscribe();
      });
    });
  });

  it('R5 a route that has gone is not waited for by a retry; one that took its place gets it', () => {
    virtually(({ at }) => {
      const receiver = open();
      const [a, b] = ['a', 'b'].map((id) => manual(receiver, id));
      const acks = [receiver.next(1), receiver.next(2)];
      at(1, () => a!.handle.close());
      at(2, () => b!.open().forEach(({ succeed }) => succeed()));
      at(3, () => {
        expect(acks.map(outcomesOf)).toEqual([1, 2].map(() => ({ a: 'discarded', b: 'succeeded' })));
        expect(acks[0]!.retry().state.kind).toBe('acked');
        const successor = manual(receiver, 'a');
        const retried = acks[1]!.retry();
        at(4, () => successor.calls[0]!.succeed());
        at(5, () => {
          expect(retried.state.kind).toBe('acked');
          expect(successor.events()).toEqual([2]);
          receiver.unsubscribe();
        });
      });
    });
  });

  it('says when a route that blocks has made room', () => {
    virtually(({ at }) => {
      const receiver = open();
      const a = manual(receiver, 'a', { concurrency: 1, bufferSize: 1, overflow: 'block' });
      const taken = [1, 2, 3].map((event) => record(receiver.next(event).taken$));
      expect(taken).toEqual([['complete'], ['complete'], []]);
      at(1, () => a.calls[0]!.succeed());
      at(2, () => {
        expect(taken[2]).toEqual(['complete']);
        receiver.unsubscribe();
      });
    });
  });

  describe('what went wrong elsewhere', () => {
    it('settling twice is not counted as the ack of another route', () => {
      virtually(({ at }) => {
        const receiver = open();
        const [a, b] = ['a', 'b'].map((id) => manual(receiver, id));
        const ack = receiver.next(1);
        at(1, () => {
          a!.calls[0]!.succeed();
          a!.calls[0]!.succeed();
          a!.calls[0]!.fail();
          expect(ack.state.kind).toBe('pending');
          b!.calls[0]!.succeed();
          expect(ack.state.kind).toBe('acked');
          receiver.unsubscribe();
        });
      });
    });

    it('a nacked event goes to no route that came later', () => {
      virtually(({ at }) => {
        const receiver = open();
        const a = manual(receiver, 'a');
        const ack = receiver.next(1);
        at(1, () => a.calls[0]!.fail());
        at(2, () => {
          const late = manual(receiver, 'late');
          ack.retry();
          at(3, () => {
            expect(a.events()).toEqual([1, 1]);
            expect(late.events()).toEqual([]);
            receiver.unsubscribe();
          });
        });
      });
    });

    it('a nack repeats nothing at the routes that succeeded, and takes nothing from the others', () => {
      virtually(({ at }) => {
        const receiver = open();
        const [a, b, c] = ['a', 'b', 'c'].map((id) => manual(receiver, id, { concurrency: 1 }));
        const acks = [1, 2, 3].map((event) => receiver.next(event));
        const run = () => {
          for (const { open } of [a!, c!]) open().forEach(({ succeed }) => succeed());
          b!.open().forEach(({ fail }) => fail());
        };
        for (const ms of [1, 2, 3, 4]) at(ms, run);
        at(5, () => acks.forEach((ack) => ack.retry()));
        for (const ms of [6, 7, 8]) at(ms, () => b!.open().forEach(({ succeed }) => succeed()));
        at(9, () => {
          expect(a!.events()).toEqual([1, 2, 3]);
          expect(b!.events()).toEqual([1, 2, 3, 1, 2, 3]);
          expect(c!.events()).toEqual([1, 2, 3]);
          receiver.unsubscribe();
        });
      });
    });

    it('a batch without a time flush: its events are held no longer than the time limit, and are not delivered twice', () => {
      virtually(({ at }) => {
        const receiver = open({ ackTimeoutMs: 100 });
        const batch: (() => void)[] = [];
        const sent: number[] = [];
        receiver.addRoute({
          id: 'batches',
          concurrency: 5,
          handle: (event) =>
            new Observable((subscriber) => {
              batch.push(() => {
                sent.push(event);
                subscriber.complete();
              });
              if (batch.length === 5) batch.splice(0).forEach((flush) => flush());
            }),
        });
        const first = [1, 2, 3].map((event) => receiver.next(event, { id: event }));
        at(150, () => {
          expect(first.map(({ state }) => state.kind)).toEqual(['nacked', 'nacked', 'nacked']);
          const again = [1, 2, 3].map((event) => receiver.next(event, { id: event })); // as the source does
          receiver.next(4);
          receiver.next(5);
          at(151, () => {
            expect(sent).toEqual([1, 2, 3, 4, 5]);
            expect(again.map(({ state }) => state.kind)).toEqual(['acked', 'acked', 'acked']);
            receiver.unsubscribe();
          });
        });
      });
    });

    it('an event is remembered after it succeeded, not before: a redelivery after a nack is delivered', () => {
      virtually(({ at }) => {
        const receiver = open();
        const a = manual(receiver, 'a');
        receiver.next(1, { id: 'one' });
        at(1, () => a.calls[0]!.fail());
        at(2, () => void receiver.next(1, { id: 'one' }));
        at(3, () => {
          expect(a.events()).toEqual([1, 1]);
          receiver.unsubscribe();
        });
      });
    });

    it('a handler that throws nacks at once, and not by the time limit', () => {
      virtually(({ at }) => {
        const receiver = open();
        receiver.addRoute({
          id: 'a',
          handle() {
            throw new Error('panic');
          },
        });
        const ack = receiver.next(1);
        at(1, () => {
          expect(ack.state).toMatchObject({ kind: 'nacked', error: { cause: { cause: { message: 'panic' } } } });
          receiver.unsubscribe();
        });
      });
    });

    it('a route that feeds its own receiver does not wait for itself, and others see one order', () => {
      virtually(({ at }) => {
        const receiver = open();
        const seen: number[] = [];
        receiver.addRoute({
          id: 'feeds',
          bufferSize: 1,
          overflow: 'block',
          handle(event) {
            if (event < 50) receiver.next(event + 1);
          },
        });
        receiver.addRoute({ id: 'looks', handle: (event) => void seen.push(event), concurrency: Infinity });
        receiver.next(1);
        at(1, () => {
          expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
          expect(receiver.stats()).toMatchObject({ received: 50, acked: 50, pending: 0 });
          receiver.unsubscribe();
        });
      });
    });
  });
});
