import { EMPTY, of, type Observable, type Subject } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { Delivery, DeliveryContext, Receipt, Settlement, Verdict } from '../../../lib/contracts/delivery.ts';
import { aimd } from '../../../lib/core/topics/aimd.ts';
import { createBudget } from '../../../lib/core/topics/budget.ts';
import { Topic } from '../../../lib/core/topics/topic.ts';

interface Order {
  readonly id: string;
  readonly total: number;
}
const orders = new Topic<Order>();

describe('Topic', () => {
  it('is a Subject of its values', () => {
    expectTypeOf(orders).toExtend<Subject<Order>>();
    expectTypeOf(orders.replay$).toEqualTypeOf<Observable<Order>>();
    expectTypeOf(orders.next).parameter(0).toEqualTypeOf<Order>();
    expectTypeOf(orders.publish({ id: 'x', total: 1 })).toEqualTypeOf<Receipt>();
    // @ts-expect-error it is no order
    orders.publish({ id: 'x' });
  });

  it('gives the value to every callback of a contract', () => {
    const delivery = orders.deliver({
      id: 's',
      handle(order, delivery) {
        expectTypeOf(order).toEqualTypeOf<Order>();
        expectTypeOf(delivery).toEqualTypeOf<DeliveryContext>();
      },
      partitionKey(order) {
        expectTypeOf(order).toEqualTypeOf<Order>();
        return order.id;
      },
      coalesce(waiting, incoming) {
        expectTypeOf(waiting).toEqualTypeOf<Order>();
        return { ...incoming, total: waiting.total + incoming.total };
      },
      onDrop: (order) => expectTypeOf(order).toEqualTypeOf<Order>(),
    });
    expectTypeOf(delivery).toEqualTypeOf<Delivery<Order>>();
    expectTypeOf(delivery.parked()).toEqualTypeOf<readonly Order[]>();
  });

  it('takes a handler that returns nothing, a promise, an Observable or an iterable', () => {
    orders.deliver({ id: 's', handle: () => {} });
    orders.deliver({ id: 's', handle: async () => {} });
    orders.deliver({ id: 's', handle: () => of(1) });
    orders.deliver({ id: 's', handle: () => [1, 2] });
    orders.deliver({ id: 's', handle: ({ total }) => (total > 1 ? EMPTY : undefined) });
    // @ts-expect-error a number is nothing that can be waited for
    orders.deliver({ id: 's', handle: ({ total }) => total });
  });

  it('takes a concurrency that stays, is set, or follows', () => {
    orders.deliver({ id: 's', handle: () => {}, concurrency: 4 });
    orders.deliver({ id: 's', handle: () => {}, concurrency: of(1, 2) });
    orders.deliver({ id: 's', handle: () => {}, concurrency: aimd({ max: 8, targetMs: 100 }) });
    // @ts-expect-error a text is no number
    orders.deliver({ id: 's', handle: () => {}, concurrency: '4' });
  });

  it('does not take a contract that is none', () => {
    // @ts-expect-error it has no id
    orders.deliver({ handle: () => {} });
    // @ts-expect-error it has no handle
    orders.deliver({ id: 's' });
    // @ts-expect-error no such policy
    orders.deliver({ id: 's', handle: () => {}, overflow: 'dropAll' });
    // @ts-expect-error what is merged must be an order
    orders.deliver({ id: 's', handle: () => {}, coalesce: () => 1 });
    // @ts-expect-error a key is a text or a number
    orders.deliver({ id: 's', handle: () => {}, partitionKey: (order) => order });
    // @ts-expect-error no such field
    orders.deliver({ id: 's', handle: () => {}, buffersize: 4 });
    // @ts-expect-error the share of a budget, not the budget
    orders.deliver({ id: 's', handle: () => {}, budget: createBudget({ size: 4 }) });
    // @ts-expect-error retries are counted
    orders.deliver({ id: 's', handle: () => {}, retry: true });
  });

  it('tells a publisher what it may look at', () => {
    const { verdicts, settled$, taken$ } = orders.publish({ id: 'x', total: 1 });
    expectTypeOf(verdicts).toEqualTypeOf<ReadonlyMap<string, Verdict>>();
    expectTypeOf(settled$).toEqualTypeOf<Observable<Settlement>>();
    expectTypeOf(taken$).toEqualTypeOf<Observable<never>>();
  });
});
