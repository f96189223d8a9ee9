import { map, merge, Subject, Subscription } from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { enroll } from '../../../operators/internal/inspector.ts';
import type { Budget, DeliveryContract } from '../../contracts/delivery.ts';
import type { Route, RouteAlert } from '../../contracts/receiver.ts';
import type { ReceiverFailure } from '../../contracts/receiverFailure.ts';
import { Topic } from '../topics/topic.ts';
import { alertTopic } from './alertTopic.ts';
import { closing } from './closing.ts';
import { TenantLimits, type RateLimits } from './createRateLimits.ts';
import type { Envelope } from './envelope.ts';
import { Intake } from './intake.ts';
import type { Receiver } from './receiver.ts';
import { receiveFrom } from './receiveFrom.ts';
import { receiverPart } from './receiverPart.ts';
import { routeFailures } from './routeFailures.ts';
import { Routes } from './routes.ts';
import { toRouteAlert } from './toRouteAlert.ts';

/** What a receiver is called, and within which bounds it works. */
export interface ReceiverOptions<E> {
  /** Whom it is for. */
  readonly tenant: string;
  readonly name: string;
  /** Those that are there from the beginning; see {@link Receiver.addRoute}. */
  readonly routes?: readonly Route<E>[] | undefined;
  /** Bounds what all routes have waiting together: `createBudget`, `within` that of the tenant, say. Default: none. */
  readonly budget?: Budget | undefined;
  /** How many events may wait at each route whatever the others do with the budget. Default: 16. */
  readonly guaranteed?: number | undefined;
  /** How many events the tenant may send: `createRateLimits`. Default: any number. */
  readonly rateLimit?: RateLimits | undefined;
  /** Longest time until every route has settled an event, in ms from `next`; then it is nacked. Default: 30 000. */
  readonly ackTimeoutMs?: number | undefined;
  /** How many nacked events are known when they are redelivered; beyond, the one that was nacked first is new. Default: 1024. */
  readonly rememberNacked?: number | undefined;
  /** Who is told of congestion, as subscribers under contract. */
  readonly alertSinks?: readonly DeliveryContract<RouteAlert>[] | undefined;
  /** `deep` (default): events are frozen, so that no route changes what another sees. `off`: they are passed as they are. */
  readonly freeze?: 'deep' | 'off' | undefined;
}

/**
 * Makes a receiver: it takes events in, hands each to all its routes, and acknowledges it when the last of them has settled it.
 *
 * Every route has a bounded waiting line of its own. One that is slow, hangs, fails or is flooded changes nothing for the
 * others, nor for other receivers, except where it shares a budget: there it takes what is not guaranteed to them.
 *
 * - **Emits** alerts on `alerts$` and failures on `errors$`; routes take events in the order of `next`.
 * - **Holds** what the contracts of its routes allow, the last `rememberNacked` nacked events, and what the rate limit delays.
 * - **Completes** by `close`, when the routes have settled what they hold, or at its deadline.
 * - **Errors** never: what fails is told to `errors$` and to the acknowledgement of the event.
 * - **Unsubscribing** ends everything at once; closing a route, or a source, ends that one alone.
 *
 * @example
 * const orders = createReceiver<Order>({ tenant: 'acme', name: 'orders' });
 * orders.addRoute({ id: 'billing', handle: (order, { id, signal }) => bill(order, id, signal), retry: { retries: 3 } });
 * orders.addRoute({ id: 'search', handle: (order) => addToIndex(order), concurrency: 4, overflow: 'dropOldest' });
 * orders.next(order).settled$.subscribe(({ kind }) => console.log(kind));
 */
export function createReceiver<E>(options: ReceiverOptions<E>): Receiver<E> {
  const { tenant, name, budget, guaranteed = 16, rateLimit, ackTimeoutMs = 30_000, rememberNacked = 1_024 } = options;
  checkName('tenant', tenant);
  checkName('name', name);
  checkInteger('guaranteed', guaranteed, 0);
  checkInteger('rememberNacked', rememberNacked, 0);
  if (!(ackTimeoutMs > 0)) throw new OptionError('ackTimeoutMs', 'more than 0', ackTimeoutMs);
  if (rateLimit && !(rateLimit instanceof TenantLimits)) {
    throw new OptionError('rateLimit', 'made by createRateLimits', rateLimit);
  }

  const identity = { tenant, receiver: name };
  const errorOf = routeFailures(identity);
  const failures$ = new Subject<ReceiverFailure>();
  const failed = (failure: ReceiverFailure) => failures$.next(failure);
  const topic = new Topic<Envelope<E>>({ name: `${tenant}/${name}`, freeze: options.freeze, belongs: true });
  const routes = new Routes(topic, { ...identity, budget, guaranteed });
  const alerts$ = topic.alerts$.pipe(map(toRouteAlert(identity)));
  const alerts = alertTopic(`${tenant}/${name} alerts`, alerts$, options.alertSinks ?? []);
  const sources = new Subscription();
  const intake = new Intake<E>({
    identity,
    topic,
    limits: rateLimit,
    ackTimeoutMs,
    rememberNacked,
    publish: (envelope, to) => routes.publish(envelope, to),
    errorOf,
    failed,
  });
  enroll(intake, receiverPart<Envelope<E>>);
  for (const route of options.routes ?? []) routes.add(route);
  const end = closing({ identity, intake, sources, topic, alerts, failures: failures$ });

  return {
    tenant,
    name,
    errors$: merge(topic.errors$.pipe(map(errorOf)), alerts.errors$, failures$),
    alerts$,
    next: (event, { id } = {}) => intake.next(event, id),
    receive: (source$) =>
      receiveFrom(source$, { sources, identity, next: (event, id) => intake.next(event, id), failed }),
    addRoute(route) {
      intake.checkOpen();
      return routes.add(route);
    },
    routes: () => routes.list(),
    stats: () => ({ ...identity, ...intake.account(), routes: routes.account() }),
    close: end.close,
    unsubscribe: end.now,
  };
}

function checkName(option: string, value: string): void {
  if (typeof value !== 'string' || value === '') throw new OptionError(option, 'a text that is not empty', value);
}
