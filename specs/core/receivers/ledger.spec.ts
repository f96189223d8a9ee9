import fc from 'fast-check';
import { NEVER, Observable, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { DeliveryStats, Overflow } from '../../../lib/contracts/delivery.ts';
import type { Handled } from '../../../lib/contracts/handled.ts';
import type { Acknowledged, Acknowledgement } from '../../../lib/contracts/receiver.ts';
import { createRateLimits } from '../../../lib/core/receivers/createRateLimits.ts';
import { createReceiver } from '../../../lib/core/receivers/createReceiver.ts';
import { createBudget } from '../../../lib/core/topics/budget.ts';
import { runs } from '../../support/seed.ts';
import { virtually } from '../../support/virtually.ts';

/** What a handler does with an event, by turns. */
type Behaviour = 'at once' | 'later' | 'throws' | 'fails later' | 'hangs';

const route = fc.record({
  concurrency: fc.constantFrom(1, 2, Infinity),
  bufferSize: fc.nat(4),
  overflow: fc.constantFrom<Overflow>('error', 'dropOldest', 'dropNewest', 'coalesce', 'block', 'park'),
  partitionKey: fc.constantFrom(undefined, (event: number) => event % 2),
  timeoutMs: fc.constantFrom(Infinity, 7),
  retry: fc.constantFrom(undefined, { retries: 1, delayMs: 3 }),
  onFailure: fc.constantFrom<'keep' | 'close' | 'park'>('keep', 'keep', 'close', 'park'),
  parkSize: fc.nat(2),
  behaviours: fc.array(
    fc.constantFrom<Behaviour>('at once', 'at once', 'later', 'later', 'throws', 'fails later', 'hangs'),
    {
      minLength: 1,
      maxLength: 5,
    },
  ),
});
const step = fc.record({
  what: fc.constantFrom(
    'next',
    'next',
    'next',
    'named',
    'retry',
    'add',
    'close',
    'drain',
    'pause',
    'resume',
    'redrive',
  ),
  which: fc.nat(7),
  ms: fc.nat(4),
});
const world = fc.record({
  routes: fc.array(route, { minLength: 1, maxLength: 4 }),
  later: fc.array(route, { minLength: 1, maxLength: 3 }),
  steps: fc.array(step, { maxLength: 40 }),
  perSecond: fc.constantFrom(Infinity, 500, 200),
  ackTimeoutMs: fc.constantFrom(10, 50, Infinity),
  budget: fc.nat(6),
  /** After which step it ends, and how. */
  end: fc.nat(40),
  deadlineMs: fc.constantFrom(undefined, 0, 20),
});

function sumOf(stats: DeliveryStats): number {
  const { succeeded, failed, coalesced, dropped, parked, refused, discarded, blocked, waiting, running } = stats;
  return succeeded + failed + coalesced + dropped + parked + refused + discarded + blocked + waiting + running;
}

describe('the ledger of a receiver', () => {
  it('R4, R10, X3 adds up at any time, ends every event once, and leaves nothing, whatever happened before', () => {
    const ends = { acked: 0, nacked: 0 };
    fc.assert(
      fc.property(world, ({ routes, later, steps, perSecond, ackTimeoutMs, budget: size, end, deadlineMs }) => {
        virtually(({ at, timers }) => {
          const budget = createBudget({ size });
          const receiver = createReceiver<number>({
            tenant: 'acme',
            name: 'orders',
            ackTimeoutMs,
            budget,
            guaranteed: 1,
            rateLimit: createRateLimits({ default: { perSecond, burst: 1, maxDelayMs: 20, maxWaiting: 5 } }),
          });
          const events = { handled: new Map<string, number>(), open: 0, told: 0, failed: 0 };
          receiver.errors$.subscribe(() => events.failed++);
          let added = 0;
          const add = ({ behaviours, ...contract }: (typeof routes)[number]) => {
            const id = `route ${added++}`;
            let calls = 0;
            receiver.addRoute({
              ...contract,
              id,
              handle(): Handled {
                const behaviour = behaviours[calls++ % behaviours.length]!;
                if (behaviour === 'at once') events.handled.set(id, (events.handled.get(id) ?? 0) + 1);
                if (behaviour === 'at once') return;
                if (behaviour === 'throws') throw new Error('no');
                return new Observable((subscriber) => {
                  events.open++;
                  subscriber.add(() => events.open--);
                  subscriber.add(
                    (behaviour === 'hangs' ? NEVER : timer(5)).subscribe(() => {
                      if (behaviour === 'fails later') {
                        subscriber.error('no');
                        return;
                      }
                      events.handled.set(id, (events.handled.get(id) ?? 0) + 1);
                      subscriber.complete();
                    }),
                  );
                });
              },
            });
          };
          routes.forEach(add);

          const acks: Acknowledgement[] = [];
          const told = new Map<Acknowledgement, Acknowledged[]>();
          const follow = (ack: Acknowledgement) => {
            if (told.has(ack)) return;
            acks.push(ack);
            const ends: Acknowledged[] = [];
            told.set(ack, ends);
            ack.settled$.subscribe((one) => ends.push(one));
          };
          const check = () => {
            const { received, retried, acked, nacked, pending, joined, delayed, routes } = receiver.stats();
            expect(received + retried).toBe(acked + nacked + pending + joined);
            expect(delayed).toBeLessThanOrEqual(pending);
            expect(acks.filter(({ state }) => state.kind === 'pending')).toHaveLength(pending);
            expect(acks.filter(({ state }) => state.kind === 'acked')).toHaveLength(acked);
            for (const stats of routes.values()) expect(stats.offered).toBe(sumOf(stats));
            for (const [id, stats] of routes) expect(stats.succeeded).toBe(events.handled.get(id) ?? 0);
            for (const [ack, ends] of told) expect(ends).toEqual(ack.state.kind === 'pending' ? [] : [ack.state]);
            expect(budget.used).toBeLessThanOrEqual(size);
          };

          let ms = 0;
          steps.slice(0, end).forEach(({ what, which, ms: waited }) =>
            at((ms += waited), () => {
              const all = receiver.routes();
              const one = all[which % all.length];
              if (what === 'next') follow(receiver.next(which));
              else if (what === 'named') follow(receiver.next(which, { id: `event ${which}` }));
              else if (what === 'retry' && acks.length > 0) follow(acks[which % acks.length]!.retry());
              else if (what === 'add') add(later[which % later.length]!);
              else if (what === 'drain') one?.drain({ deadlineMs: 5 }).subscribe();
              else if (what === 'close') one?.close();
              else if (what === 'pause') one?.pause();
              else if (what === 'resume') one?.resume();
              else if (what === 'redrive') one?.redrive();
              check();
            }),
          );
          at(ms + 1, () => {
            check();
            if (deadlineMs === undefined) {
              receiver.unsubscribe();
              expect([events.open, budget.used, timers()]).toEqual([0, 0, 1]); // at once, the look below aside
            } else receiver.close({ deadlineMs }).subscribe(({ received, acked, nacked, pending, routes }) => {
                expect(received).toBeGreaterThanOrEqual(acked);
                expect([pending, nacked]).toEqual([0, acks.filter(({ state }) => state.kind === 'nacked').length]);
                for (const stats of routes.values()) {
                  expect(stats.offered).toBe(sumOf(stats));
                  expect([stats.waiting, stats.running, stats.blocked]).toEqual([0, 0, 0]);
                }
                events.told++;
              }); // prettier-ignore
          });
          at(ms + 1 + (deadlineMs ?? 0) + 1, () => {
            check();
            expect(receiver.stats()).toMatchObject({ pending: 0, delayed: 0, routes: new Map() });
            expect([events.open, budget.used, timers()]).toEqual([0, 0, 0]);
            expect(events.told).toBe(deadlineMs === undefined ? 0 : 1);
            for (const { state } of acks) if (state.kind !== 'pending') ends[state.kind]++;
          });
        });
      }),
      runs(300),
    );
    expect(ends.acked).toBeGreaterThan(50); // it was about something
    expect(ends.nacked).toBeGreaterThan(50);
  });
});
