import { interval, map, NEVER, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ClosedError } from '../../../lib/contracts/deliveryFailure.ts';
import { createReceiver, type ReceiverOptions } from '../../../lib/core/receivers/createReceiver.ts';
import type { ReceiverLedger } from '../../../lib/core/receivers/receiver.ts';
import { OptionError } from '../../../operators/errors.ts';
import { record } from '../../support/record.ts';
import { virtually } from '../../support/virtually.ts';
import { manual } from './support/manual.ts';

const open = (options: Partial<ReceiverOptions<number>> = {}) =>
  createReceiver<number>({ tenant: 'acme', name: 'orders', ...options });

describe('close', () => {
  it('lets the routes settle what they hold, takes nothing more, and gives the account', () => {
    virtually(({ at, timers }) => {
      const receiver = open();
      const errors = record(receiver.errors$);
      const alerts = record(receiver.alerts$);
      const a = manual(receiver, 'a', { concurrency: 1 });
      const acks = [1, 2].map((event) => receiver.next(event));
      const told = record(receiver.close());
      expect(() => receiver.next(3)).toThrow(ClosedError);
      expect(() => receiver.addRoute({ id: 'b', handle: () => undefined })).toThrow(ClosedError);
      at(1, () => a.calls[0]!.succeed());
      at(2, () => {
        expect(told).toEqual([]);
        a.calls[1]!.fail();
        expect(told).toMatchObject([
          { tenant: 'acme', receiver: 'orders', received: 2, acked: 1, nacked: 1 },
          'complete',
        ]);
        expect((told[0] as ReceiverLedger).routes.get('a')).toMatchObject({ offered: 2, succeeded: 1, failed: 1 });
        expect([errors.at(-1), alerts.at(-1)]).toEqual(['complete', 'complete']);
        expect(() => acks[1]!.retry()).toThrow(ClosedError);
        expect(acks[0]!.retry()).toBe(acks[0]);
        expect(record(receiver.close())).toEqual(told); // to who asks later, too
        expect(timers()).toBe(0);
      });
    });
  });

  it('discards at the deadline what is not settled: aborted, nacked, counted', () => {
    virtually(({ at, timers }) => {
      const receiver = open({ alertSinks: [{ id: 'hangs', handle: () => NEVER }] });
      const a = manual(receiver, 'a', { concurrency: 1, watermarks: { high: 1, holdMs: 0 } });
      const acks = [1, 2].map((event) => receiver.next(event));
      const told = record(receiver.close({ deadlineMs: 100 }));
      at(99, () => expect(told).toEqual([]));
      at(101, () => {
        expect(a.calls[0]!.context.signal.aborted).toBe(true);
        expect(acks.map(({ state }) => state.kind)).toEqual(['nacked', 'nacked']);
        const { routes, alertSinks } = told[0] as ReceiverLedger;
        expect(routes.get('a')).toMatchObject({ offered: 2, discarded: 2 });
        expect(alertSinks.get('hangs')).toMatchObject({ offered: 2, discarded: 2 }); // raised and cleared
        expect([told.length, timers()]).toEqual([2, 0]);
      });
    });
  });

  it('gives the sinks of alerts the rest of the time', () => {
    virtually(({ at, now }) => {
      const seen: unknown[] = [];
      const receiver = open({
        alertSinks: [
          {
            id: 'slow',
            handle({ kind }) {
              seen.push([kind, now()]);
              return timer(10);
            },
          },
        ],
        routes: [{ id: 'a', handle: () => timer(20), watermarks: { high: 1, holdMs: 5 } }],
      });
      receiver.next(1);
      receiver.next(2);
      const told: unknown[] = [];
      receiver.close({ deadlineMs: 1_000 }).subscribe(({ alertSinks }) => told.push(now(), alertSinks.get('slow')));
      at(100, () => {
        expect(seen).toEqual([
          ['raised', 5],
          ['cleared', 25],
        ]);
        expect(told).toMatchObject([40, { succeeded: 2 }]);
      });
    });
  });

  it('X3 unsubscribe ends everything at once, from within any callback, and as often as one likes', () => {
    const places = ['handle', 'partitionKey', 'onDrop', 'coalesce', 'settled$', 'errors$', 'alerts$', 'nack', 'stats$'];
    for (const place of places) {
      virtually(({ at, timers }) => {
        const receiver = open({ ackTimeoutMs: 50 });
        let ended = 0;
        const end = (where: string) => {
          if (where !== place) return;
          ended++;
          receiver.unsubscribe();
        };
        receiver.errors$.subscribe(() => end('errors$'));
        receiver.alerts$.subscribe(() => end('alerts$'));
        receiver.addRoute({
          id: 'a',
          handle(event) {
            end('handle');
            if (event === 1) throw new Error('no');
            return timer(5);
          },
          bufferSize: 1,
          overflow: 'coalesce',
          watermarks: { high: 1, holdMs: 0 },
          coalesce: (_, incoming) => {
            end('coalesce');
            return incoming;
          },
          partitionKey: () => {
            end('partitionKey');
            return 1;
          },
        });
        const b = receiver.addRoute({
          id: 'b',
          handle: () => timer(3),
          bufferSize: 0,
          overflow: 'dropNewest',
          onDrop: () => end('onDrop'),
        });
        b.stats$.subscribe(({ running }) => (running > 0 ? end('stats$') : undefined));
        const hung = manual(receiver, 'hung');
        const acks: unknown[] = [];
        for (const event of [1, 2, 3]) {
          try {
            receiver.next(event).settled$.subscribe(({ kind }) => {
              acks.push(kind);
              end('settled$');
            });
          } catch (error) {
            expect(error).toBeInstanceOf(ClosedError);
          }
        }
        receiver.receive(interval(1).pipe(map((event) => ({ event, ack: () => undefined, nack: () => end('nack') }))));
        at(200, () => {
          receiver.unsubscribe();
          receiver.unsubscribe();
          expect([place, ended > 0]).toEqual([place, true]);
          expect(hung.open()).toEqual([]);
          expect(receiver.stats()).toMatchObject({ pending: 0, routes: new Map() });
          expect(timers()).toBe(0);
        });
      });
    }
  });

  it('refuses a deadline that cannot be meant', () => {
    for (const deadlineMs of [-1, NaN]) expect(() => open().close({ deadlineMs })).toThrow(OptionError);
  });
});
