import fc from 'fast-check';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createBudget } from '../../../lib/core/topics/budget.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';
import type { Delivery, Overflow } from '../../../lib/contracts/delivery.ts';
import { OptionError } from '../../../operators/errors.ts';
import { runs } from '../../support/seed.ts';
import { useVirtualTime } from './support/virtualTime.ts';

/** A subscriber whose handlers end when they are told to. */
function attach(topic: Topic<number>, id: string, contract: Partial<Parameters<Topic<number>['deliver']>[0]>) {
  const open: Subject<never>[] = [];
  const delivery = topic.deliver({
    id,
    ...contract,
    handle() {
      const end$ = new Subject<never>();
      open.push(end$);
      return end$;
    },
  });
  return { delivery, open, finish: () => open.shift()?.complete() };
}

function takenOf(topic: Topic<number>, value: number): () => boolean {
  let isTaken = false;
  topic.publish(value).taken$.subscribe({ complete: () => (isTaken = true) });
  return () => isTaken;
}

describe('budget', () => {
  useVirtualTime();

  it('bounds what subscribers have waiting together, and each has what it is guaranteed, after any history', () => {
    const policies = fc.constantFrom<Overflow>('error', 'dropOldest', 'dropNewest', 'coalesce', 'block', 'park');
    const routes = fc.array(
      fc.record({
        overflow: policies,
        bufferSize: fc.nat({ max: 5 }),
        guaranteed: fc.nat({ max: 3 }),
        partitionKey: fc.constantFrom(undefined, (n: number) => n % 3),
      }),
      { minLength: 1, maxLength: 4 },
    );
    const steps = fc.array(
      fc.record({
        what: fc.constantFrom('publish', 'publish', 'publish', 'finish', 'pause', 'resume', 'redrive', 'close'),
        route: fc.nat({ max: 3 }),
      }),
      { maxLength: 60 },
    );

    fc.assert(
      fc.property(fc.nat({ max: 8 }), routes, steps, (size, contracts, steps) => {
        const shared = createBudget({ size });
        // A topic each: a publication is for one of them.
        const parts = contracts.map(({ guaranteed, ...contract }, i) => {
          const topic = new Topic<number>();
          return {
            topic,
            guaranteed,
            contract,
            ...attach(topic, `s${i}`, { ...contract, budget: { shared, guaranteed } }),
          };
        });
        const check = () => {
          const waiting = parts.map(({ delivery }) => delivery.stats().waiting);
          const counted = parts.reduce((sum, { guaranteed }, i) => sum + Math.max(waiting[i]! - guaranteed, 0), 0);
          expect(shared.used).toBe(counted);
          expect(shared.used).toBeLessThanOrEqual(size);
          for (const [i, { contract, guaranteed, delivery }] of parts.entries()) {
            expect(waiting[i]).toBeLessThanOrEqual(contract.bufferSize);
            const { blocked } = delivery.stats();
            // Nobody waits for room while there is some.
            if (blocked > 0 && waiting[i]! < contract.bufferSize) {
              expect(waiting[i]).toBeGreaterThanOrEqual(guaranteed);
              expect(shared.used).toBe(size);
            }
          }
        };
        let n = 0;
        const closed = new Set<string>();
        for (const { what, route } of steps) {
          const part = parts[route % parts.length]!;
          const before = part.delivery.stats();
          if (what === 'publish') {
            const verdict = part.topic.publish(n++).verdicts.get(part.delivery.id);
            const hasRoom =
              before.blocked === 0 && before.waiting < Math.min(part.guaranteed, part.contract.bufferSize);
            if (hasRoom && !closed.has(part.delivery.id)) expect(['accepted', 'buffered']).toContain(verdict);
          } else if (what === 'finish') part.finish();
          else if (what === 'close') {
            closed.add(part.delivery.id);
            part.delivery.close();
          } else part.delivery[what]();
          check();
        }
        for (const { delivery } of parts) delivery.close();
        expect(shared.used).toBe(0);
      }),
      runs(),
    );
  });

  it('is given back by every end of a value', () => {
    const shared = createBudget({ size: 2 });
    const topic = new Topic<number>();
    const { delivery, finish } = attach(topic, 's', { budget: { shared } });
    topic.next(1);
    topic.next(2);
    topic.next(3);
    expect(shared.used).toBe(2);

    finish();
    expect(shared.used).toBe(1);
    delivery.close();
    expect(shared.used).toBe(0);
  });

  it('lets a publication through that waits for room when another subscriber makes some', () => {
    const shared = createBudget({ size: 1 });
    const [a, b] = [new Topic<number>(), new Topic<number>()];
    const other = attach(a, 'a', { budget: { shared } });
    attach(b, 'b', { budget: { shared }, overflow: 'block' });
    a.next(1);
    a.next(2); // waits, and uses the budget up
    b.next(1); // runs
    const isTaken = takenOf(b, 2);
    expect(isTaken()).toBe(false);

    other.finish();
    expect(isTaken()).toBe(true);
  });

  it('passes on word of room that the first one to hear it has no use for', () => {
    const shared = createBudget({ size: 1 });
    const [a, b, c] = [new Topic<number>(), new Topic<number>(), new Topic<number>()];
    const holder = attach(a, 'a', { budget: { shared } });
    const first = attach(b, 'b', { budget: { shared }, overflow: 'block' });
    attach(c, 'c', { budget: { shared }, overflow: 'block' });
    for (const topic of [a, a, b, c]) topic.next(0);
    const isFirstTaken = takenOf(b, 1);
    const isSecondTaken = takenOf(c, 1);
    first.finish(); // so that the one that waits for room is started instead
    expect([isFirstTaken(), isSecondTaken()]).toEqual([true, false]);

    holder.finish();
    expect(isSecondTaken()).toBe(true);
  });

  it('wakes nobody who has left', () => {
    const shared = createBudget({ size: 1 });
    const [a, b] = [new Topic<number>(), new Topic<number>()];
    const holder = attach(a, 'a', { budget: { shared } });
    const left = attach(b, 'b', { budget: { shared }, overflow: 'block' });
    for (const topic of [a, a, b, b]) topic.next(0);
    left.delivery.close();
    holder.finish();

    expect(left.delivery.stats()).toMatchObject({ discarded: 2, waiting: 0, blocked: 0, running: 0 });
    expect(shared.used).toBe(0);
  });

  it('is made of a size that makes sense, and by createBudget', () => {
    expect(() => createBudget({ size: -1 })).toThrow(OptionError);
    expect(() => createBudget({ size: 1.5 })).toThrow(OptionError);
    expect(() =>
      new Topic<number>().deliver({ id: 's', handle: () => {}, budget: { shared: { size: 1, used: 0 } } }),
    ).toThrow(OptionError);
    expect(() =>
      new Topic<number>().deliver({
        id: 's',
        handle: () => {},
        budget: { shared: createBudget({ size: 1 }), guaranteed: -1 },
      }),
    ).toThrow(OptionError);
  });

  it('is the same for many subscribers of one topic', () => {
    const shared = createBudget({ size: 10 });
    const topic = new Topic<number>();
    const all: Delivery<number>[] = Array.from(
      { length: 5 },
      (_, i) => attach(topic, `s${i}`, { budget: { shared, guaranteed: 1 } }).delivery,
    );
    for (let n = 0; n < 10; n++) topic.next(n);
    const waiting = all.map((delivery) => delivery.stats().waiting);

    expect(waiting.reduce((a, b) => a + b)).toBe(10 + 5);
    expect(Math.min(...waiting)).toBeGreaterThanOrEqual(1);
  });
});
