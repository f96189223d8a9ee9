import { NEVER, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { DeliveryContract } from '../../../lib/contracts/delivery.ts';
import type { RouteAlert } from '../../../lib/contracts/receiver.ts';
import { createReceiver } from '../../../lib/core/receivers/createReceiver.ts';
import { record } from '../../support/record.ts';
import { virtually } from '../../support/virtually.ts';
import { manual } from './support/manual.ts';

const marks = { high: 4, low: 1, holdMs: 10 };

describe('alerts', () => {
  it('R6, R7 name tenant, receiver and route, and how the line stands; raised once, cleared once', () => {
    virtually(({ at, times, now }) => {
      const began = now();
      const receiver = createReceiver<number>({ tenant: 'acme', name: 'orders' });
      const alerts: (readonly [number, RouteAlert])[] = [];
      receiver.alerts$.subscribe((alert) => alerts.push([now() - began, alert]));
      const slow = manual(receiver, 'slow', {
        concurrency: 1,
        bufferSize: 8,
        overflow: 'dropNewest',
        watermarks: marks,
      });
      const own = record(slow.handle.alerts$);
      receiver.addRoute({ id: 'fast', handle: () => undefined, watermarks: marks });
      times(12, 2, (i) => receiver.next(i)); // 0 runs, 1 to 8 wait, 9 to 11 are dropped
      for (let i = 0; i < 12; i++) at(100 + i, () => slow.open()[0]?.succeed());
      at(200, () => {
        const [raised, cleared] = alerts.map(([, alert]) => alert);
        expect(alerts.map(([ms]) => ms)).toEqual([18, 116]);
        expect(raised).toEqual({
          kind: 'raised',
          tenant: 'acme',
          receiver: 'orders',
          route: 'slow',
          depth: 8,
          bufferSize: 8,
          oldestAgeMs: 16,
          running: 1,
          dropped: expect.any(Number) as number,
          since: 1_008,
          timeToFullMs: 0,
        });
        expect(cleared).toMatchObject({ kind: 'cleared', route: 'slow', depth: 0, oldestAgeMs: 0, dropped: 3 });
        expect(own).toEqual([raised, cleared]);
        receiver.unsubscribe();
      });
    });
  });

  it('R6 a line that goes up and down within the hold time is told of once', () => {
    virtually(({ at, times }) => {
      const receiver = createReceiver<number>({ tenant: 'acme', name: 'orders' });
      const alerts = record(receiver.alerts$);
      const slow = manual(receiver, 'slow', { concurrency: 1, bufferSize: 100, watermarks: marks });
      times(5, 1, (i) => receiver.next(i)); // one runs, four wait
      at(6, () =>
        times(500, 3, (i) => {
          if (i % 2) receiver.next(i);
          else slow.open()[0]?.succeed(); // between 3 and 4
        }),
      );
      at(1_511, () => expect(alerts).toEqual([]));
      at(1_512, () => receiver.next(0));
      at(1_550, () => {
        expect(alerts).toMatchObject([{ kind: 'raised' }]);
        receiver.unsubscribe();
        expect(alerts).toMatchObject([{ kind: 'raised' }, { kind: 'cleared' }, 'complete']);
      });
    });
  });

  const SINKS: Readonly<Record<string, Partial<DeliveryContract<RouteAlert>>>> = {
    'that hangs': { handle: () => NEVER, bufferSize: 1 },
    'that throws': {
      handle: () => {
        throw new Error('no');
      },
    },
    'that fails for ever': { handle: () => throwError(() => 'no'), retry: { retries: 1_000, delayMs: 1 } },
    'that ends itself': { handle: () => throwError(() => 'no'), onFailure: 'close' },
  };

  it.each(Object.entries(SINKS))('R7 a sink %s changes nothing else', (_, sink) => {
    const run = (sinks: readonly DeliveryContract<RouteAlert>[]) =>
      virtually(({ at, times, now }) => {
        const seen: unknown[] = [];
        const receiver = createReceiver<number>({
          tenant: 'acme',
          name: 'orders',
          alertSinks: [...sinks, { id: 'log', handle: ({ kind }) => void seen.push(['log', kind, now()]) }],
          routes: [
            { id: 'slow', handle: () => timer(20), bufferSize: 5, overflow: 'dropOldest', watermarks: marks },
            { id: 'fast', handle: (event) => void seen.push(['fast', event, now()]) },
          ],
        });
        receiver.alerts$.subscribe(({ kind }) => seen.push(['alert', kind, now()]));
        times(3, 300, (burst) => times(100, 1, (i) => receiver.next(burst * 100 + i)));
        at(1_100, () => {
          seen.push(receiver.stats());
          receiver.unsubscribe();
        });
        return seen;
      });
    const undisturbed = run([]);

    expect(undisturbed.filter((entry) => (entry as unknown[])[0] === 'log')).toHaveLength(6);
    expect(run([{ id: 'sink', handle: () => undefined, ...sink }])).toEqual(undisturbed);
  });

  it('R7 an alert runs no sink in the turn in which it is raised, and what a sink fails with is told', () => {
    virtually(({ at }) => {
      let isWithin = false;
      const calledWithin: boolean[] = []; // what is thrown there, an expectation as well, is a failure of the sink
      const receiver = createReceiver<number>({
        tenant: 'acme',
        name: 'orders',
        alertSinks: [
          {
            id: 'pager',
            handle() {
              calledWithin.push(isWithin);
              throw new Error('no network');
            },
          },
        ],
      });
      const errors = record(receiver.errors$);
      receiver.addRoute({ id: 'stuck', handle: () => NEVER, watermarks: { high: 1, holdMs: 0 } });
      isWithin = true;
      receiver.next(1);
      receiver.next(2);
      isWithin = false;
      at(1, () => {
        expect(calledWithin).toEqual([false]);
        expect(errors).toMatchObject([
          { name: 'DeliveryError', topic: 'acme/orders alerts', subscriber: 'pager', value: { route: 'stuck' } },
        ]);
        receiver.unsubscribe();
      });
    });
  });
});
