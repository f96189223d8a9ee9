import { EMPTY, of, type Observable } from 'rxjs';
import { describe, expectTypeOf, it } from 'vitest';
import type { DeliveryStats, Outcome } from '../../../lib/contracts/delivery.ts';
import type {
  Acknowledged,
  Acknowledgement,
  Incoming,
  RouteAlert,
  RouteContext,
} from '../../../lib/contracts/receiver.ts';
import type { ReceiverFailure } from '../../../lib/contracts/receiverFailure.ts';
import { createRateLimits } from '../../../lib/core/receivers/createRateLimits.ts';
import { createReceiver } from '../../../lib/core/receivers/createReceiver.ts';
import { createReceivers } from '../../../lib/core/receivers/createReceivers.ts';
import type { Receiver, ReceiverLedger, RouteHandle } from '../../../lib/core/receivers/receiver.ts';
import type { Lease } from '../../../lib/core/receivers/sharedReceiver.ts';
import { createBudget } from '../../../lib/core/topics/budget.ts';

interface Order {
  readonly id: string;
  readonly total: number;
}
const open = () => createReceiver<Order>({ tenant: 'acme', name: 'orders' });
const order: Order = { id: 'x', total: 1 };

describe('createReceiver', () => {
  it('gives the event to every callback of a route', () => {
    const route = open().addRoute({
      id: 'r',
      handle(event, context) {
        expectTypeOf(event).toEqualTypeOf<Order>();
        expectTypeOf(context).toEqualTypeOf<RouteContext>();
      },
      partitionKey: (event) => event.id,
      coalesce: (waiting, incoming) => ({ ...incoming, total: waiting.total + incoming.total }),
      onDrop: (event) => expectTypeOf(event).toEqualTypeOf<Order>(),
    });
    expectTypeOf(route).toEqualTypeOf<RouteHandle<Order>>();
    expectTypeOf(route.parked()).toEqualTypeOf<readonly Order[]>();
    expectTypeOf(route.alerts$).toEqualTypeOf<Observable<RouteAlert>>();
    expectTypeOf(route.drain()).toEqualTypeOf<Observable<DeliveryStats>>();
  });

  it('takes a handler that returns nothing, a promise, an Observable or an iterable', () => {
    open().addRoute({ id: 'r', handle: () => {} });
    open().addRoute({ id: 'r', handle: async () => {} });
    open().addRoute({ id: 'r', handle: ({ total }) => (total > 1 ? EMPTY : undefined) });
    // @ts-expect-error a number is nothing that can be waited for
    open().addRoute({ id: 'r', handle: ({ total }) => total });
  });

  it('takes plain events, and those of a source that wants to know', () => {
    expectTypeOf(open().next).parameter(0).toEqualTypeOf<Order>();
    open().receive(of(order));
    open().receive(of<Incoming<Order>>({ event: order, ack: () => {}, nack: () => {} }));
    // @ts-expect-error it could not be told how it ended
    open().receive(of({ event: order, ack: () => {} }));
    // @ts-expect-error this is no order
    open().next({ id: 'x' });
    // @ts-expect-error an id is a text or a number
    open().next(order, { id: {} });
  });

  it('tells how an event ended by its kind', () => {
    const ack = open().next(order, { id: 'x' });
    expectTypeOf(ack).toEqualTypeOf<Acknowledgement>();
    expectTypeOf(ack.settled$).toEqualTypeOf<Observable<Acknowledged>>();
    const { state } = ack;
    // @ts-expect-error while it is pending there are no outcomes
    expectTypeOf(state.outcomes);
    if (state.kind !== 'pending') expectTypeOf(state.outcomes).toEqualTypeOf<ReadonlyMap<string, Outcome>>();
    if (state.kind === 'nacked')
      expectTypeOf<typeof state.error.code>().toEqualTypeOf<'nacked' | 'ack_timeout' | 'rate_limited' | 'closed'>();
  });

  it('gives its account, and what went wrong', () => {
    expectTypeOf(open().errors$).toEqualTypeOf<Observable<ReceiverFailure>>();
    expectTypeOf(open().close({ deadlineMs: 1 })).toEqualTypeOf<Observable<ReceiverLedger>>();
  });

  it('does not take what is no receiver, or no route', () => {
    // @ts-expect-error whose is it?
    createReceiver<Order>({ name: 'orders' });
    createReceiver<Order>({
      tenant: 'acme',
      name: 'orders',
      rateLimit: createRateLimits({ default: { perSecond: 1 } }),
    });
    // @ts-expect-error the limits of all tenants, made by createRateLimits
    createReceiver<Order>({ tenant: 'acme', name: 'orders', rateLimit: { perSecond: 1 } });
    open().addRoute({ id: 'r', handle: () => {}, budget: createBudget({ size: 4 }), guaranteed: 2 });
    // @ts-expect-error the budget, not the share of one
    open().addRoute({ id: 'r', handle: () => {}, budget: { shared: createBudget({ size: 4 }) } });
    // @ts-expect-error no such policy
    open().addRoute({ id: 'r', handle: () => {}, overflow: 'dropAll' });
    // @ts-expect-error no such field
    open().addRoute({ id: 'r', handle: () => {}, buffersize: 4 });
  });
});

describe('createReceivers', () => {
  it('knows what is asked for, and what is shared', () => {
    const receivers = createReceivers<Order, { readonly queue: string }>({
      open({ tenant, receiver, configuration }) {
        expectTypeOf(configuration).toEqualTypeOf<{ readonly queue: string }>();
        return of(createReceiver<Order>({ tenant, name: receiver }));
      },
    });
    const lease$ = receivers.acquire({ tenant: 'acme', receiver: 'orders', configuration: { queue: 'in' } });
    expectTypeOf(lease$).toEqualTypeOf<Observable<Lease<Order>>>();
    expectTypeOf<Lease<Order>['receiver']>().toEqualTypeOf<Receiver<Order>>();
    // @ts-expect-error no such configuration
    void receivers.acquire({ tenant: 'acme', receiver: 'orders', configuration: { topic: 'in' } });
  });
});
