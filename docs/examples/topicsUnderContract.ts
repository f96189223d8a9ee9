// One topic, three subscribers: one is slow, one fails, and neither is felt by the third.
import { lastValueFrom, timer } from 'rxjs';
import { Topic } from 'rxfan';

interface Order {
  readonly id: number;
  readonly customer: string;
}

const orders = new Topic<Order>({ name: 'orders' });
export const failures: string[] = [];
export const billed: number[] = [];
export const shown: number[] = [];
orders.errors$.subscribe(({ subscriber, id, attempt }) => failures.push(`${subscriber}: ${id}, attempt ${attempt}`));

// Two customers at a time, each in order; a bill that fails is tried once more, in its place.
orders.deliver({
  id: 'billing',
  concurrency: 2,
  partitionKey: ({ customer }) => customer,
  retry: { retries: 1, delayMs: 1 },
  handle(order) {
    if (order.id === 3) throw new Error('no such account');
    billed.push(order.id);
    return timer(1);
  },
});
// A display that is too slow shows the latest orders only.
orders.deliver({
  id: 'display',
  bufferSize: 1,
  overflow: 'dropOldest',
  handle(order) {
    shown.push(order.id);
    return timer(10);
  },
});
orders.deliver({ id: 'audit', handle: () => undefined });

for (let id = 1; id <= 6; id++) orders.publish({ id, customer: id % 2 === 0 ? 'acme' : 'umbrella' });

export const { subscribers } = await lastValueFrom(orders.close({ deadlineMs: 5_000 }));
for (const [id, { offered, succeeded, failed, dropped }] of subscribers)
  console.log(id, { offered, succeeded, failed, dropped });
console.log({ billed, shown, failures }); // shown: 1 6, failures: billing: 3, attempt 2
