import fc from 'fast-check';
import { Subject } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import type { Overflow } from '../../../lib/contracts/delivery.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import { runs } from '../../support/seed.ts';
import { watchProcess } from './support/watchProcess.ts';
import { useVirtualTime } from './support/virtualTime.ts';

const contract = fc.record({
  overflow: fc.constantFrom<Overflow>('error', 'dropOldest', 'dropNewest', 'coalesce', 'block', 'park'),
  bufferSize: fc.nat({ max: 3 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
});
const action = fc.record({
  what: fc.oneof(
    { weight: 6, arbitrary: fc.constant('publish' as const) },
    { weight: 3, arbitrary: fc.constantFrom('pause', 'resume', 'cap', 'redrive') },
    { weight: 1, arbitrary: fc.constantFrom('close', 'complete') },
  ),
  who: fc.nat({ max: 2 }),
  fails: fc.boolean(),
});

const FAILURE = new Error('no');

describe('whatever the order in which handlers end and others meddle', () => {
  useVirtualTime();

  it('T1, T2, T4, T5, T6, T8, T15, T20, X3 every promise of a contract is kept', async () => {
    const noise = watchProcess();
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(contract, { minLength: 1, maxLength: 3 }),
        fc.array(action, { minLength: 1, maxLength: 12 }),
        async (scheduler, contracts, actions) => {
          const topic = new Topic<number>();
          const failing = new Set<number>();
          const settled = new Map<string, number>();
          const waitsForRoom = new Set<number>();
          const broken: unknown[] = []; // what a handler throws is the handler's
          let published = 0;
          let isComplete = false;

          topic.errors$.subscribe(({ attempt, cause }) => {
            if (attempt > 0 && cause !== FAILURE) broken.push(cause);
          });
          const all = contracts.map(({ overflow, bufferSize, concurrency }, i) => {
            const id = `s${i}`;
            const caps = new Subject<number>();
            const one = {
              id,
              bufferSize,
              overflow,
              caps,
              cap: concurrency,
              highest: concurrency,
              live: 0,
              last: -1,
              ends: 0,
              redriven: false,
            };
            const delivery = topic.deliver({
              id,
              overflow,
              bufferSize,
              concurrency: caps,
              async handle(n) {
                expect(one.ends, 'T15, T20').toBe(0);
                if (!one.redriven) expect(n, 'T1, T2').toBeGreaterThan(one.last);
                one.last = n;
                expect(++one.live, 'T4').toBeLessThanOrEqual(one.cap);
                await scheduler.schedule(Promise.resolve(), `${id} ends ${n}`);
                one.live--;
                if (failing.has(n)) throw FAILURE;
              },
            });
            caps.next(concurrency);
            delivery.ended$.subscribe({
              complete() {
                one.ends++;
                expect(delivery.stats(), 'T20').toMatchObject({ waiting: 0, blocked: 0, running: 0 });
              },
            });
            return Object.assign(one, { delivery });
          });

          const check = (): void => {
            expect(broken).toEqual([]);
            for (const { delivery, bufferSize, overflow, highest, cap, live, ends } of all) {
              const { offered, waiting, running, blocked, paused, ...rest } = delivery.stats();
              const { succeeded, failed, coalesced, dropped, parked, refused, discarded } = rest;
              const ended = succeeded + failed + coalesced + dropped + parked + refused + discarded;
              expect(ended + waiting + running + blocked, 'T6').toBe(offered);
              expect(waiting, 'T5').toBeLessThanOrEqual(bufferSize);
              if (overflow !== 'block') expect(blocked, 'T8').toBe(0);
              expect(running, 'T4').toBeLessThanOrEqual(highest);
              if (ends === 0) expect(live, 'T4').toBeLessThanOrEqual(running);
              if (!paused) expect(running < cap && waiting + blocked > 0, 'T4 work-conserving').toBe(false);
              if (ends > 0) expect(running + waiting + blocked, 'T15').toBe(0);
            }
            const mostBlocked = Math.max(...all.map(({ delivery }) => delivery.stats().blocked));
            expect(waitsForRoom.size, 'T8').toBe(mostBlocked);
          };
          const act = ({ what, who, fails }: (typeof actions)[number]): void => {
            const one = all[who % all.length]!;
            if (what === 'publish') {
              if (isComplete) return;
              const n = published++;
              if (fails) failing.add(n);
              const receipt = topic.publish(n);
              waitsForRoom.add(n);
              receipt.taken$.subscribe({ complete: () => waitsForRoom.delete(n) });
              receipt.settled$.subscribe(({ subscriber }) =>
                settled.set(`${n} ${subscriber}`, (settled.get(`${n} ${subscriber}`) ?? 0) + 1),
              );
            } else if (what === 'cap') {
              one.cap = fails ? 1 : 3;
              one.highest = Math.max(one.highest, one.cap);
              one.caps.next(one.cap);
            } else if (what === 'complete') {
              isComplete = true;
              topic.complete();
            } else {
              if (what === 'redrive') one.redriven = true; // what was parked comes after what it came before
              one.delivery[what]();
            }
          };
          for (const step of actions)
            void scheduler.schedule(Promise.resolve(), step.what).then(() => {
              act(step);
              check();
            });
          while (scheduler.count() > 0) {
            await scheduler.waitNext(1);
            await quiet();
            check();
          }
          topic.complete();
          for (const { delivery } of all) delivery.resume();
          while (scheduler.count() > 0) {
            await scheduler.waitNext(1);
            await quiet();
            check();
          }

          expect(all.map(({ ends }) => ends)).toEqual(all.map(() => 1));
          expect([...waitsForRoom]).toEqual([]);
          for (const count of settled.values()) expect(count, 'T6 once').toBe(1);
          const offered = all.reduce((sum, { delivery }) => sum + delivery.stats().offered, 0);
          expect(settled.size).toBe(offered);
          expect(vi.getTimerCount()).toBe(0);
        },
      ),
      runs(500),
    );
    expect(noise.stop()).toEqual([]);
  });
});

/** Until every promise that is settled was heard of. */
async function quiet(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}
