import fc from 'fast-check';
import { concat, NEVER, of, range, throwError, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Route } from '../../../lib/contracts/receiver.ts';
import { createReceiver, type ReceiverOptions } from '../../../lib/core/receivers/createReceiver.ts';
import { createBudget } from '../../../lib/core/topics/budget.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';

type Neighbour = (id: string) => Route<number>;

const NEIGHBOURS: Readonly<Record<string, Neighbour>> = {
  'hangs, and drops the oldest': (id) => ({ id, handle: () => NEVER, bufferSize: 5, overflow: 'dropOldest' }),
  'hangs, and drops the newest': (id) => ({ id, handle: () => NEVER, bufferSize: 5, overflow: 'dropNewest' }),
  'hangs, and refuses': (id) => ({ id, handle: () => NEVER, bufferSize: 5 }),
  'hangs, and blocks': (id) => ({ id, handle: () => NEVER, bufferSize: 5, overflow: 'block' }),
  'hangs, and parks': (id) => ({ id, handle: () => NEVER, bufferSize: 5, overflow: 'park', parkSize: 3 }),
  'hangs until its timeout, and is retried': (id) => ({
    id,
    handle: () => NEVER,
    timeoutMs: 7,
    retry: { retries: 2, delayMs: 3 },
    overflow: 'coalesce',
  }),
  'is slow': (id) => ({ id, handle: () => timer(1_000), concurrency: 10, overflow: 'dropOldest' }),
  throws: (id) => ({
    id,
    handle: () => {
      throw new Error('no');
    },
  }),
  'fails later, and ends itself': (id) => ({ id, handle: () => throwError(() => new Error('no')), onFailure: 'close' }),
  'throws from every callback': (id) => ({
    id,
    handle: () => NEVER,
    bufferSize: 1,
    overflow: 'dropOldest',
    partitionKey: (event) => {
      if (event % 2) throw new Error('no key');
      return event;
    },
    onDrop: () => {
      throw new Error('no drop');
    },
  }),
  'floods: 100 values for an event, and 20 retries without a wait': (id) => ({
    id,
    concurrency: Infinity,
    retry: { retries: 20, delayMs: 0 },
    handle: () =>
      concat(
        range(100),
        throwError(() => new Error('no')),
      ),
  }),
  'does everything at once': (id) => ({ id, handle: () => of(1, 2, 3), concurrency: Infinity }),
};

/** What a healthy route of a receiver sees in 200 ms of an event per ms, and what becomes of the others. */
function run(neighbours: readonly Neighbour[], { options = {}, before = true }: RunOptions = {}) {
  return virtually((time) => {
    const receiver = createReceiver<number>({ tenant: 'acme', name: 'orders', ackTimeoutMs: 500, ...options });
    const timeline: unknown[] = [];
    const nextMs: number[] = [];
    const healthy = () =>
      receiver.addRoute({
        id: 'healthy',
        concurrency: 2,
        bufferSize: 3,
        overflow: 'dropOldest',
        onDrop: (event) => timeline.push(['dropped', event, time.now()]),
        handle(event, { id, attempt }) {
          timeline.push(['started', event, id, attempt, time.now()]);
          return timer(event % 10 === 0 ? 30 : 1);
        },
      });
    const attach = () => neighbours.map((neighbour, i) => receiver.addRoute(neighbour(`neighbour ${i}`)));
    const handles = before ? [...attach(), healthy()] : [healthy(), ...attach()];
    const { stats } = handles.find(({ id }) => id === 'healthy')!;

    time.times(200, 1, (i) => {
      const started = time.now();
      receiver.next(i);
      nextMs.push(time.now() - started);
    });
    const ledgers: unknown[] = [];
    time.at(1_000, () => ledgers.push(stats()));
    time.at(1_100, () => receiver.unsubscribe());
    return { timeline, nextMs, ledgers };
  });
}

interface RunOptions {
  readonly options?: Partial<ReceiverOptions<number>>;
  readonly before?: boolean;
}

describe('isolation', () => {
  const alone = run([]);

  it('the healthy route has work to do when it is alone', () => {
    for (const kind of ['started', 'dropped'])
      expect(alone.timeline.filter((entry) => (entry as unknown[])[0] === kind).length).toBeGreaterThan(20);
    expect(alone.ledgers).toMatchObject([{ offered: 200, waiting: 0, running: 0 }]);
  });

  it.each(Object.entries(NEIGHBOURS))('R1, R3 a route sees the same, to the ms, beside one that %s', (_, neighbour) => {
    for (const before of [true, false]) expect(run([neighbour], { before })).toEqual(alone);
  });

  it('R1, R3 a route sees the same beside all of them at once', () => {
    expect(run(Object.values(NEIGHBOURS))).toEqual(alone);
  });

  it('R1 next runs nothing of a route: neither its handler nor what it does later', () => {
    virtually(({ at }) => {
      const receiver = createReceiver<number>({ tenant: 'acme', name: 'orders' });
      let isWithin = false;
      let calls = 0;
      receiver.addRoute({
        id: 'busy',
        concurrency: 2,
        handle() {
          expect(isWithin).toBe(false);
          calls++;
        },
      });
      at(5, () => {
        for (let i = 0; i < 10; i++) {
          isWithin = true;
          receiver.next(i);
          isWithin = false;
        }
        expect(calls).toBe(0);
      });
      at(6, () => expect(calls).toBe(10));
      at(7, () => receiver.unsubscribe());
    });
  });

  it('R2 a receiver sees the same whatever the routes of another one do, of the same tenant or not', () => {
    const seen = ({ tenant, neighbours }: { readonly tenant: string; readonly neighbours: readonly Neighbour[] }) =>
      virtually((time) => {
        const x = createReceiver<number>({ tenant, name: 'x', ackTimeoutMs: 100 });
        const y = createReceiver<number>({ tenant: 'acme', name: 'y', ackTimeoutMs: 100 });
        const timeline: unknown[] = [];
        neighbours.forEach((neighbour, i) => x.addRoute(neighbour(`neighbour ${i}`)));
        for (const id of ['a', 'b']) {
          y.addRoute({
            id,
            bufferSize: 4,
            overflow: 'dropOldest',
            handle(event) {
              timeline.push([id, event, time.now()]);
              return timer(id === 'a' ? 1 : 3);
            },
          });
        }
        time.times(50, 1, (i) => {
          for (let n = 0; n < 3; n++) x.next(i);
          y.next(i).settled$.subscribe(({ kind, outcomes }) => timeline.push([kind, ...outcomes, time.now()]));
        });
        time.at(500, () => {
          timeline.push(y.stats());
          x.unsubscribe();
          y.unsubscribe();
        });
        return timeline;
      });
    const undisturbed = seen({ tenant: 'acme', neighbours: [] });

    expect(undisturbed.length).toBeGreaterThan(100);
    for (const tenant of ['acme', 'other'])
      for (const neighbours of [...Object.values(NEIGHBOURS).map((one) => [one]), Object.values(NEIGHBOURS)])
        expect(seen({ tenant, neighbours })).toEqual(undisturbed);
  });

  it('R3 a stuck route takes of a shared budget what is not guaranteed to the others, and no more', () => {
    fc.assert(
      fc.property(
        fc.record({ size: fc.nat(20), guaranteed: fc.nat(6), stuck: fc.integer({ min: 1, max: 3 }) }),
        fc.integer({ min: 1, max: 6 }),
        ({ size, guaranteed, stuck }, burst) => {
          virtually((time) => {
            const budget = createBudget({ size });
            const receiver = createReceiver<number>({ tenant: 'acme', name: 'orders', budget, guaranteed });
            const stuckOnes = Array.from({ length: stuck }, (_, i) =>
              receiver.addRoute({ id: `stuck ${i}`, handle: () => NEVER, overflow: 'dropNewest' }),
            );
            const healthy = receiver.addRoute({ id: 'healthy', handle: () => timer(1), overflow: 'dropNewest' });
            // One runs and `burst` wait, which are gone before the next burst.
            time.times(10, 10, () => {
              for (let i = 0; i <= Math.min(burst, guaranteed); i++) receiver.next(i);
              const waiting = stuckOnes.reduce((sum, { stats }) => sum + stats().waiting, 0);
              expect(waiting).toBeLessThanOrEqual(size + stuck * guaranteed);
              expect(budget.used).toBeLessThanOrEqual(size);
            });
            time.at(200, () => {
              expect(healthy.stats()).toMatchObject({ dropped: 0, waiting: 0, running: 0 });
              receiver.unsubscribe();
              expect(budget.used).toBe(0);
            });
          });
        },
      ),
      runs(100),
    );
  });

  it('R3 a budget of the tenant bounds those of its receivers, each of which keeps its guaranteed minimum', () => {
    virtually((time) => {
      const tenant = createBudget({ size: 10 });
      const receivers = ['x', 'y'].map((name) =>
        createReceiver<number>({
          tenant: 'acme',
          name,
          budget: createBudget({ size: 8, within: tenant }),
          guaranteed: 2,
          routes: [{ id: 'stuck', handle: () => NEVER, overflow: 'dropNewest' }],
        }),
      );
      const [x, y] = receivers;
      time.times(30, 1, (i) => x!.next(i));
      time.at(40, () => expect(x!.stats().routes.get('stuck')).toMatchObject({ waiting: 10, dropped: 19 })); // 8 + 2
      time.at(41, () => {
        for (let i = 0; i < 30; i++) y!.next(i);
        expect(y!.stats().routes.get('stuck')).toMatchObject({ waiting: 4, dropped: 25 }); // 10 - 8 + 2
        expect(tenant.used).toBe(10);
        x!.unsubscribe();
        expect(tenant.used).toBe(2);
        for (let i = 0; i < 30; i++) y!.next(i);
        expect(y!.stats().routes.get('stuck')).toMatchObject({ waiting: 10 });
        y!.unsubscribe();
        expect(tenant.used).toBe(0);
      });
    });
  });
});
