// A service that ends well: SIGTERM closes the way in, lets what was accepted come to its end within one deadline, and leaves
// an account of every event, message and job. Nothing is left that would keep the process: it ends by itself, with code 0.
import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { asyncScheduler, firstValueFrom, ignoreElements, map, tap, timer, type Observable } from 'rxjs';
import { createReceiver, createWorkEngine, Topic } from 'rxfan';

interface Order {
  readonly number: number;
}

const mail = () => timer(2);
const bill = () => timer(5).pipe(ignoreElements());

/** Handles orders until the signal comes: each is told to a topic, and billed by a job. A program gives `process`. */
export async function run(incoming$: Observable<Order>, signals: EventEmitter) {
  const told = new Topic<Order>({ name: 'orders' });
  told.deliver({ id: 'mail', concurrency: 4, handle: mail });

  const engine = createWorkEngine<never>({ topics: ['bill'], newToken: randomUUID, maxRunning: 4 });

  const orders = createReceiver<Order>({ tenant: 'acme', name: 'orders' });
  orders.addRoute({ id: 'tell', handle: (order) => told.publish(order).settled$ });
  orders.addRoute({
    id: 'bill',
    concurrency: 4,
    handle: (order) => engine.run({ topic: 'bill', input: order, run: bill }), // done when the job is
  });
  orders.receive(incoming$);

  await once(signals, 'SIGTERM'); // a second one ends the process at once, as it does without a listener

  // From the way in to what is behind it: each part is closed once nobody uses it any more.
  const endMs = asyncScheduler.now() + 10_000;
  const left = () => ({ deadlineMs: Math.max(0, endMs - asyncScheduler.now()) });
  const { received, acked, nacked, pending } = await firstValueFrom(orders.close(left()));
  const { subscribers } = await firstValueFrom(told.close(left()));
  const { jobs } = await engine.stop(left());
  return { events: { received, acked, nacked, pending }, mail: subscribers.get('mail'), jobs };
}

// By itself: an order every ms, and the signal with the thirtieth.
const signals = new EventEmitter();
const incoming$ = timer(0, 1).pipe(
  map((n) => ({ number: n + 1 })),
  tap(({ number }) => {
    if (number === 30) signals.emit('SIGTERM');
  }),
);
export const ledger = await run(incoming$, signals);
console.log(ledger.events, ledger.jobs);
