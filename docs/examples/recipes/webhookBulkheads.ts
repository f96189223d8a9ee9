// Webhooks to endpoints of others, a lane for each: one does not answer, one is down, and the third has every event all
// the same. What was not delivered in a few tries is put aside, and sent when its endpoint is back.
import { filter, firstValueFrom, lastValueFrom, ReplaySubject } from 'rxjs';
import { createReceiver, SendError, type Route, type RoutedEvent, type RouteHandle } from 'rxfan';
import { httpSender, type HttpSenderOptions } from 'rxfan/http';

/** The lane of an endpoint: what it may take of this process, and what happens beyond. */
function laneOf(endpoint: HttpSenderOptions): Route<RoutedEvent> {
  const sender = httpSender({ timeoutMs: 5_000, ...endpoint });
  return {
    id: endpoint.name,
    handle: (event, { signal }) => sender.send(event, signal), // the id of the event is its Idempotency-Key
    concurrency: 2,
    bufferSize: 100,
    overflow: 'park',
    retry: {
      retries: 2,
      delayMs: 5, // the first wait, doubled for each one after: a second or more outside of an example
      jitter: Math.random,
      retryOn: (cause) => cause instanceof SendError && cause.retryable, // no second try for a 404
    },
    onFailure: 'park',
    parkSize: 1_000,
  };
}

// Three endpoints, without a network: what they answer is all that matters.
let isUp = false;
const answering$ = new ReplaySubject<number>(1);
const answer = (status: number) => Promise.resolve(new Response(null, { status }));
const healthy = () => answer(204);
const hanging = () => firstValueFrom(answering$).then(answer);
const down = () => answer(isUp ? 204 : 503);

const hooks = createReceiver<RoutedEvent>({ tenant: 'acme', name: 'order-events' });
const add = (name: string, fetch: () => Promise<Response>) =>
  hooks.addRoute(laneOf({ name, url: `https://${name}.example/hook`, fetch }));
const routes = { healthy: add('healthy', healthy), hanging: add('hanging', hanging), down: add('down', down) };
export const problems: string[] = [];
hooks.errors$.subscribe(({ message }) => problems.push(message));

for (let n = 1; n <= 20; n++) {
  hooks.next({ id: `order-${n}`, payload: { order: n }, tenant: 'acme', receivedAt: Date.now() }, { id: `order-${n}` });
}

await until(routes.healthy, ({ succeeded }) => succeeded === 20);
export const meanwhile = routes.hanging.stats();
console.log('healthy has all 20; hanging:', meanwhile.succeeded, 'delivered,', meanwhile.waiting, 'waiting');

await until(routes.down, ({ parked }) => parked === 20);
export const aside = routes.down.stats();
console.log('down:', aside.parked, 'put aside, after', aside.retried, 'more tries');

isUp = true;
export const redriven = routes.down.redrive(); // as an operator would, or a timer that asks the endpoint how it is
answering$.next(204);
export const ledger = await lastValueFrom(hooks.close({ deadlineMs: 5_000 }));
for (const [name, { succeeded, parked }] of ledger.routes) console.log(name, { succeeded, parked });

function until(route: RouteHandle<RoutedEvent>, holds: (stats: ReturnType<typeof route.stats>) => boolean) {
  return firstValueFrom(route.stats$.pipe(filter(holds)));
}
