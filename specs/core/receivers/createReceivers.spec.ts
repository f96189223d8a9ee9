import fc from 'fast-check';
import { EMPTY, NEVER, of, Subject, throwError, timer, type ObservableInput } from 'rxjs';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ReceiverOpenError } from '../../../lib/contracts/receiverFailure.ts';
import { createReceiver } from '../../../lib/core/receivers/createReceiver.ts';
import { createReceivers, type ReceiversOptions } from '../../../lib/core/receivers/createReceivers.ts';
import type { Receiver } from '../../../lib/core/receivers/receiver.ts';
import type { Lease } from '../../../lib/core/receivers/sharedReceiver.ts';
import { record } from '../../support/record.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';

interface Configuration {
  readonly url: string;
  readonly limits?: { readonly size: number };
}

/** Receivers that note when they are opened and closed. */
function noted(
  openLater: (receiver: Receiver<number>, attempt: number) => ObservableInput<Receiver<number>> = (receiver) =>
    of(receiver),
  options: Partial<ReceiversOptions<number, Configuration>> = {},
) {
  const log: string[] = [];
  const receivers = createReceivers<number, Configuration>({
    ...options,
    open({ tenant, receiver: name }) {
      const receiver = createReceiver<number>({ tenant, name });
      const attempt = log.push(`open ${tenant}/${name}`);
      receiver.errors$.subscribe({ complete: () => log.push(`closed ${tenant}/${name}`) });
      return openLater(receiver, attempt);
    },
  });
  const acquire = (tenant: string, receiver: string, configuration: Configuration) => {
    const leases: Lease<number>[] = [];
    const errors: unknown[] = [];
    const subscription = receivers.acquire({ tenant, receiver, configuration }).subscribe({
      next: (lease) => leases.push(lease),
      error: (error: unknown) => errors.push(error),
    });
    return { leases, errors, subscription };
  };
  return { log, receivers, acquire };
}

const release = ({ leases }: { readonly leases: readonly Lease<number>[] }) =>
  leases.forEach((lease) => void lease.release());

describe('createReceivers', () => {
  it('gives equal requests one receiver, whatever the order of their keys, until the last release', () => {
    const { log, acquire, receivers } = noted();
    const a = acquire('acme', 'orders', { url: 'x', limits: { size: 1 } });
    const b = acquire('acme', 'orders', { limits: { size: 1 }, url: 'x' });

    expect(a.leases[0]!.receiver).toBe(b.leases[0]!.receiver);
    expect(receivers.list()).toMatchObject([{ receiver: a.leases[0]!.receiver, holders: 2 }]);
    release(a);
    release(a); // once
    expect(log).toEqual(['open acme/orders']);
    release(b);
    expect(log).toEqual(['open acme/orders', 'closed acme/orders']);
    expect(receivers.list()).toEqual([]);
  });

  it('shares nothing between tenants, names or configurations', () => {
    const { log, acquire } = noted();
    const all = [
      acquire('acme', 'orders', { url: 'x' }),
      acquire('other', 'orders', { url: 'x' }),
      acquire('acme', 'bills', { url: 'x' }),
      acquire('acme', 'orders', { url: 'y' }),
      acquire('acme","orders', '', { url: 'x' }), // no way into another's key
    ].slice(0, 4);

    expect(new Set(all.map(({ leases }) => leases[0]!.receiver)).size).toBe(4);
    expect(log.filter((entry) => entry.startsWith('open'))).toHaveLength(4);
    all.forEach(release);
  });

  it('opens once for all who come while it is opened', () => {
    virtually(({ at }) => {
      const { log, acquire } = noted((receiver) => timer(100).pipe(map(() => receiver)));
      const all = [acquire('acme', 'orders', { url: 'x' })];
      at(50, () => all.push(acquire('acme', 'orders', { url: 'x' })));
      at(99, () => expect(all.map(({ leases }) => leases.length)).toEqual([0, 0]));
      at(101, () => {
        expect(all.map(({ leases }) => leases.length)).toEqual([1, 1]);
        release(all[0]!);
        expect(log).toEqual(['open acme/orders']);
        release(all[1]!);
        expect(log).toEqual(['open acme/orders', 'closed acme/orders']);
      });
    });
  });

  it('tells an error to all who wait, and tries anew for the next one', () => {
    virtually(({ at, timers }) => {
      const { acquire } = noted((receiver, attempt) =>
        timer(10).pipe(
          map(() => {
            if (attempt === 1) throw new Error('no queue');
            return receiver;
          }),
        ),
      );
      const all = [acquire('acme', 'orders', { url: 'x' }), acquire('acme', 'orders', { url: 'x' })];
      at(11, () => {
        for (const { errors } of all) {
          expect(errors[0]).toBeInstanceOf(ReceiverOpenError);
          expect(errors).toMatchObject([
            { code: 'receiver_open_failed', tenant: 'acme', receiver: 'orders', cause: { message: 'no queue' } },
          ]);
        }
        expect(timers()).toBe(1); // the one below
        all.push(acquire('acme', 'orders', { url: 'x' }));
      });
      at(22, () => {
        expect(all[2]!.leases).toHaveLength(1);
        release(all[2]!);
      });
    });
  });

  it.each([
    ['fails at once', () => throwError(() => 'no'), 'no'],
    [
      'throws',
      () => {
        throw new Error('no');
      },
      { message: 'no' },
    ],
    ['gives nothing', () => EMPTY, { message: 'it emitted no receiver' }],
  ] as const)('tells when opening %s', (_, openLater, cause) => {
    const { acquire, receivers } = noted(openLater);
    expect(acquire('acme', 'orders', { url: 'x' }).errors).toMatchObject([{ code: 'receiver_open_failed', cause }]);
    expect(receivers.list()).toEqual([]);
  });

  it('gives up on an opening that takes too long, and lets go of it', () => {
    virtually(({ at, timers }) => {
      let isOpening = 0;
      const never = () => {
        isOpening++;
        return new Subject<Receiver<number>>().pipe((source) => source);
      };
      const { acquire } = noted(never, { openTimeoutMs: 5_000 });
      const one = acquire('acme', 'orders', { url: 'x' });
      at(5_001, () => {
        expect(one.errors).toMatchObject([{ cause: { code: 'deadline', afterMs: 5_000 } }]);
        expect([isOpening, timers()]).toEqual([1, 0]);
      });
    });
  });

  it('X3 cancels an opening when the last one who waits leaves, and not before', () => {
    virtually(({ at, timers }) => {
      const opening = new Subject<Receiver<number>>();
      const { acquire, log } = noted(() => opening);
      const all = [acquire('acme', 'orders', { url: 'x' }), acquire('acme', 'orders', { url: 'x' })];
      all[0]!.subscription.unsubscribe();
      expect(opening.observed).toBe(true);
      at(10, () => {
        all[1]!.subscription.unsubscribe();
        expect(opening.observed).toBe(false);
        expect(timers()).toBe(1); // the one below
      });
      at(20, () => {
        acquire('acme', 'orders', { url: 'x' }).subscription.unsubscribe();
        expect(log).toEqual(['open acme/orders', 'open acme/orders']);
      });
    });
  });

  it('opens the next one after the last one has closed, so that there are never two', () => {
    virtually(({ at }) => {
      const { acquire, log } = noted((receiver) => of(receiver), { deadlineMs: 100 });
      const first = acquire('acme', 'orders', { url: 'x' });
      first.leases[0]!.receiver.addRoute({ id: 'stuck', handle: () => NEVER });
      first.leases[0]!.receiver.next(1);
      const released = record(first.leases[0]!.release());
      const second = acquire('acme', 'orders', { url: 'x' });
      at(99, () => expect([log, second.leases, released]).toEqual([['open acme/orders'], [], []]));
      at(101, () => {
        expect(log).toEqual(['open acme/orders', 'closed acme/orders', 'open acme/orders']);
        expect(second.leases).toHaveLength(1);
        expect(second.leases[0]!.receiver).not.toBe(first.leases[0]!.receiver);
        expect(released).toEqual(['complete']);
        release(second);
      });
    });
  });

  it('does not hold a receiver for somebody who left when others were told', () => {
    const opening = new Subject<Receiver<number>>();
    const { acquire, receivers, log } = noted(() => opening);
    const leases: Lease<number>[] = [];
    const request = { tenant: 'acme', receiver: 'orders', configuration: { url: 'x' } };
    receivers.acquire(request).subscribe((lease) => {
      leases.push(lease);
      second.subscription.unsubscribe();
    });
    const second = acquire('acme', 'orders', { url: 'x' });
    opening.next(createReceiver<number>({ tenant: 'acme', name: 'orders' }));
    expect([leases.length, second.leases.length]).toEqual([1, 0]);
    expect(receivers.list()).toMatchObject([{ holders: 1 }]);
    release({ leases });
    expect(receivers.list()).toEqual([]);
    expect(log).toHaveLength(1);
  });

  it('has at any time as many open as a map of counts says, over any history', () => {
    const step = fc.record({
      what: fc.constantFrom('acquire', 'acquire', 'leave', 'release', 'wait'),
      key: fc.nat(2),
      which: fc.nat(5),
      ms: fc.nat(8),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 40 }),
        fc.array(fc.nat(12), { minLength: 1, maxLength: 5 }),
        (steps, delays) => {
          virtually(({ at, timers }) => {
            let live = 0;
            let opened = 0;
            const make = (name: string, delay: number) => {
              if (delay === 3) throw new Error('no');
              const receiver = createReceiver<number>({ tenant: 'acme', name });
              live++;
              receiver.errors$.subscribe({ complete: () => live-- });
              return receiver;
            };
            const receivers = createReceivers<number, number>({
              openTimeoutMs: 10,
              open({ receiver, configuration }) {
                const delay = delays[opened++ % delays.length]!;
                return timer(delay).pipe(map(() => make(`${receiver} ${configuration}`, delay)));
              },
            });
            const held: { key: number; lease?: Lease<number>; leave: () => void; isWaiting: boolean }[] = [];
            let ms = 0;
            for (const { what, key, which, ms: waited } of steps) {
              at((ms += what === 'wait' ? waited : 0), () => {
                const waiting = held.filter((one) => one.isWaiting);
                const leased = held.filter((one) => one.lease);
                if (what === 'acquire') {
                  const one: (typeof held)[number] = { key, leave: () => undefined, isWaiting: true };
                  held.push(one);
                  const subscription = receivers
                    .acquire({ tenant: 'acme', receiver: 'orders', configuration: key })
                    .subscribe({
                      next: (lease) => {
                        one.lease = lease;
                        one.isWaiting = false;
                      },
                      error: () => (one.isWaiting = false),
                    });
                  one.leave = () => subscription.unsubscribe();
                } else if (what === 'leave' && waiting.length > 0) {
                  const one = waiting[which % waiting.length]!;
                  one.leave();
                  one.isWaiting = false;
                } else if (what === 'release' && leased.length > 0) {
                  const one = leased[which % leased.length]!;
                  const { lease } = one;
                  delete one.lease;
                  void lease!.release();
                  void lease!.release();
                }
                const counts = new Map<number, number>();
                for (const one of held) if (one.lease) counts.set(one.key, (counts.get(one.key) ?? 0) + 1);
                expect(
                  receivers
                    .list()
                    .map(({ holders }) => holders)
                    .sort(),
                ).toEqual([...counts.values()].sort());
                expect(live).toBe(counts.size); // nothing of theirs takes time to close
              });
            }
            at(ms + 100, () => {
              for (const { lease, leave } of held) {
                leave();
                void lease?.release();
              }
              expect([live, timers(), receivers.list()]).toEqual([0, 0, []]);
            });
          });
        },
      ),
      runs(200),
    );
  });
});
