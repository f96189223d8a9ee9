// A slow subscriber holds up whoever publishes, and is named.
import { explain, snapshot, startInspection, Topic } from 'rxfan';
import { toMermaid } from 'rxfan/inspection';

const inspection = startInspection();
const orders = new Topic<number>({ name: 'orders' });
const metrics = orders.deliver({
  id: 'metrics',
  bufferSize: 2,
  overflow: 'block',
  handle: () => new Promise(() => undefined), // never ends
});
orders.deliver({ id: 'audit', handle: () => undefined });
for (let id = 1; id <= 5; id++) orders.publish(id);

/** `topic 'orders' is blocked by subscriber 'orders/metrics' (2 of 2 waiting), whose running attempt is 0 ms old` */
export const blame = explain({ kind: 'topic', name: 'orders' }).sentence;
export const picture = toMermaid(snapshot());
console.log(blame);

metrics.close();
inspection.stop();
