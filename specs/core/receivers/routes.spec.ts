import fc from 'fast-check';
import { BehaviorSubject, NEVER } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createReceiver, type ReceiverOptions } from '../../../lib/core/receivers/createReceiver.ts';
import { OptionError } from '../../../operators/errors.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';
import { manual } from './support/manual.ts';

const open = <E = number>(options: Partial<ReceiverOptions<E>> = {}) =>
  createReceiver<E>({ tenant: 'acme', name: 'orders', ...options });

describe('routes', () => {
  it('R9 an event sees one list: the routes that were there when it came, in any history of comings and goings', () => {
    const step = fc.record({ what: fc.constantFrom('next', 'next', 'add', 'close', 'drain'), which: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        virtually(({ at }) => {
          const receiver = open();
          const seen = new Map<number, string[]>();
          const expected = new Map<number, string[]>();
          const live: string[] = []; // by the spec's own account
          let ids = 0;
          let events = 0;
          const add = () => {
            const id = `route ${ids++}`;
            live.push(id);
            receiver.addRoute({ id, concurrency: Infinity, handle: (event) => void seen.get(event)!.push(id) });
          };
          steps.forEach(({ what, which }, ms) =>
            at(ms, () => {
              const id = live[which % live.length];
              const route = receiver.routes().find((one) => one.id === id);
              if (what === 'add') add();
              else if (what === 'next') {
                seen.set(events, []);
                expected.set(events, [...live]);
                const ack = receiver.next(events++);
                if (live.length === 0) expect(ack.state.kind).toBe('acked');
              } else if (route) {
                live.splice(live.indexOf(id!), 1);
                if (what === 'close') route.close();
                else route.drain().subscribe();
              }
            }),
          );
          at(steps.length, () => {
            expect(seen).toEqual(expected);
            expect(receiver.stats()).toMatchObject({ acked: events, nacked: 0, pending: 0 });
            expect(receiver.routes().map(({ id }) => id)).toEqual(live);
            receiver.unsubscribe();
          });
        });
      }),
      runs(200),
    );
  });

  it('R9 a route that is added or closed by a callback, while an event goes out, changes nothing for that event', () => {
    virtually(({ at }) => {
      const receiver = open();
      const late: number[] = [];
      const attached: ReturnType<typeof manual<number>>[] = [];
      receiver.addRoute({
        id: 'a',
        handle: () => undefined,
        partitionKey: (event) => {
          if (event !== 2) return event;
          receiver.addRoute({ id: 'late', handle: (seen) => void late.push(seen) });
          attached[0]!.handle.drain().subscribe();
          return event;
        },
      });
      attached.push(manual(receiver, 'c'));
      at(1, () => {
        receiver.next(1);
        const ack = receiver.next(2);
        receiver.next(3);
        at(2, () => {
          expect(attached[0]!.events()).toEqual([1, 2]);
          expect(late).toEqual([3]);
          expect(ack.state.kind).toBe('pending');
          receiver.unsubscribe();
        });
      });
    });
  });

  it('close discards what waits and aborts what runs; the events are nacked, the other routes go on', () => {
    virtually(({ at }) => {
      const receiver = open();
      const [a, b] = ['a', 'b'].map((id) => manual(receiver, id, { concurrency: 1 }));
      const acks = [1, 2].map((event) => receiver.next(event));
      at(1, () => {
        const { signal } = a!.calls[0]!.context;
        a!.handle.close();
        expect([signal.aborted, a!.calls[0]!.isOpen()]).toEqual([true, false]);
        b!.open()[0]!.succeed();
      });
      at(2, () => b!.open()[0]!.succeed());
      at(3, () => {
        expect(acks.map(({ state }) => state)).toMatchObject([1, 2].map(() => ({ kind: 'nacked' })));
        expect(b!.events()).toEqual([1, 2]);
        receiver.unsubscribe();
      });
    });
  });

  it('drain sends nothing more there, lets it settle what it holds, and then closes it', () => {
    virtually(({ at }) => {
      const receiver = open();
      const a = manual(receiver, 'a', { concurrency: 1 });
      const acks = [1, 2].map((event) => receiver.next(event));
      const drained = record(a.handle.drain());
      const ended = record(a.handle.ended$);
      acks.push(receiver.next(3));
      at(1, () => a.calls[0]!.succeed());
      at(2, () => {
        expect([drained, ended]).toEqual([[], []]);
        a.calls[1]!.succeed();
        expect(drained).toMatchObject([{ offered: 2, succeeded: 2, discarded: 0 }, 'complete']);
        expect(ended).toEqual(['complete']);
        expect(acks.map(({ state }) => state.kind)).toEqual(['acked', 'acked', 'acked']);
        expect(receiver.routes()).toEqual([]);
        manual(receiver, 'a'); // its id is free again
        receiver.unsubscribe();
      });
    });
  });

  it('drain discards at its deadline what is not settled, and the account says so', () => {
    virtually(({ at, timers }) => {
      const receiver = open({ ackTimeoutMs: Infinity });
      const a = manual(receiver, 'a', { concurrency: 1 });
      for (const event of [1, 2, 3]) receiver.next(event);
      const drained = record(a.handle.drain({ deadlineMs: 100 }));
      at(99, () => expect(drained).toEqual([]));
      at(101, () => {
        expect(drained).toMatchObject([{ offered: 3, discarded: 3, waiting: 0, running: 0 }, 'complete']);
        expect(receiver.stats()).toMatchObject({ nacked: 3, pending: 0 });
        expect(timers()).toBe(0);
        receiver.unsubscribe();
      });
    });
  });

  it('keep their order by key, and their own contract: pause, resume, park, redrive, a live concurrency', () => {
    virtually(({ at }) => {
      const receiver = open();
      const concurrency = new BehaviorSubject(1);
      const a = manual(receiver, 'a', { concurrency, bufferSize: 2, overflow: 'park' });
      const b = manual(receiver, 'b', { concurrency: 4, partitionKey: (event) => event % 2 });
      for (const event of [1, 2, 3, 4, 5]) receiver.next(event);
      at(1, () => {
        expect(a.events()).toEqual([1]);
        expect(a.handle.parked()).toEqual([4, 5]);
        expect(b.events()).toEqual([1, 2]); // 3 waits for 1, 4 for 2
        concurrency.next(2);
      });
      at(2, () => {
        expect(a.events()).toEqual([1, 2]);
        a.handle.pause();
        a.calls[0]!.succeed();
        expect(a.handle.redrive()).toBe(1);
        expect(a.handle.stats()).toMatchObject({ paused: true, waiting: 2, running: 1, parked: 1 });
      });
      at(3, () => a.handle.resume());
      at(4, () => {
        expect(a.events()).toEqual([1, 2, 3]);
        receiver.unsubscribe();
      });
    });
  });

  it('get what coalesces with the id of the newer event', () => {
    virtually(({ at }) => {
      const receiver = open<string>();
      const a = manual(receiver, 'a', {
        concurrency: 1,
        bufferSize: 1,
        overflow: 'coalesce',
        coalesce: (waiting, incoming) => `${waiting}+${incoming}`,
      });
      for (const id of ['x', 'y', 'z']) receiver.next(id, { id });
      at(1, () => a.calls[0]!.succeed());
      at(2, () => {
        expect(a.calls.map(({ event, context }) => [event, context.id])).toEqual([
          ['x', 'x'],
          ['y+z', 'z'],
        ]);
        receiver.unsubscribe();
      });
    });
  });

  it('are told who they are and what they get, and cannot change it for each other', () => {
    virtually(({ at }) => {
      const receiver = open<{ readonly lines: number[] }>();
      const errors = record(receiver.errors$);
      const contexts: unknown[] = [];
      receiver.addRoute({
        id: 'writes',
        retry: { retries: 1, delayMs: 10 },
        handle(event, { tenant, receiver: name, route, id, attempt, signal }) {
          contexts.push({ tenant, name, route, id, attempt, aborted: signal.aborted });
          event.lines.push(2);
        },
      });
      const reads = manual(receiver, 'reads');
      receiver.next({ lines: [1] }, { id: 'order 1' });
      at(20, () => {
        const first = { tenant: 'acme', name: 'orders', route: 'writes', id: 'order 1', attempt: 1, aborted: false };
        expect(contexts).toEqual([first, { ...first, attempt: 2 }]);
        expect(reads.events()).toEqual([{ lines: [1] }]);
        expect(errors).toMatchObject([{ route: 'writes', id: 'order 1', attempt: 2, event: { lines: [1] } }]);
        receiver.unsubscribe();
      });
    });
  });

  it('refuses what cannot be meant, and is as before', () => {
    const receiver = open();
    receiver.addRoute({ id: 'a', handle: () => undefined });
    for (const route of [
      { id: 'a', handle: () => undefined },
      { id: '', handle: () => undefined },
      { id: 'b', handle: 7 as never },
      { id: 'b', handle: () => undefined, bufferSize: -1 },
      { id: 'b', handle: () => undefined, budget: { size: 1, used: 0 } },
      { id: 'b', handle: () => undefined, concurrency: 0 },
    ])
      expect(() => receiver.addRoute(route)).toThrow(OptionError);
    expect(receiver.routes().map(({ id }) => id)).toEqual(['a']);
    receiver.unsubscribe();

    for (const options of [
      { tenant: '' },
      { name: '' },
      { guaranteed: -1 },
      { ackTimeoutMs: 0 },
      { rememberNacked: 1.5 },
    ])
      expect(() => open(options)).toThrow(OptionError);
    expect(() => open({ alertSinks: [{ id: 'a', handle: 7 as never }] })).toThrow(OptionError);
  });

  it('takes undefined for the default', () => {
    const receiver = open({
      guaranteed: undefined,
      ackTimeoutMs: undefined,
      rememberNacked: undefined,
      alertSinks: undefined,
    });
    receiver.addRoute({
      id: 'a',
      handle: () => NEVER,
      budget: undefined,
      guaranteed: undefined,
      bufferSize: undefined,
    });
    expect(receiver.next(1, { id: undefined }).id).toBe(1);
    receiver.unsubscribe();
  });
});
