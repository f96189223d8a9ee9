import type { Delivery, DeliveryStats } from '../../contracts/delivery.ts';
import type { Route } from '../../contracts/receiver.ts';
import type { PublicationReceipt } from '../topics/publicationReceipt.ts';
import type { Topic } from '../topics/topic.ts';
import type { Envelope } from './envelope.ts';
import type { RouteHandle } from './receiver.ts';
import { routeContract, type RouteDefaults } from './routeContract.ts';
import { routeHandle } from './routeHandle.ts';

/** The routes of a receiver: the subscribers of its topic, save those that are drained, which get nothing more. */
export class Routes<E> {
  private readonly topic: Topic<Envelope<E>>;
  private readonly defaults: RouteDefaults;
  private readonly handles = new Map<Delivery<Envelope<E>>, RouteHandle<E>>();
  private readonly leaving = new Set<string>();

  constructor(topic: Topic<Envelope<E>>, defaults: RouteDefaults) {
    this.topic = topic;
    this.defaults = defaults;
  }

  add(route: Route<E>): RouteHandle<E> {
    const delivery = this.topic.deliver(routeContract(route, this.defaults));
    const handle = routeHandle(delivery, this.defaults, () => this.leaving.add(delivery.id));
    this.handles.set(delivery, handle);
    const ended = () => {
      this.handles.delete(delivery);
      this.leaving.delete(delivery.id);
    };
    delivery.ended$.subscribe({ error: ended, complete: ended });
    return handle;
  }

  list(): readonly RouteHandle<E>[] {
    return [...this.handles.values()];
  }

  account(): ReadonlyMap<string, DeliveryStats> {
    return new Map(this.list().map((route) => [route.id, route.stats()]));
  }

  /** Hands an event to these routes, or to all. */
  publish(envelope: Envelope<E>, to: ReadonlySet<string> | undefined): PublicationReceipt {
    if (!to && this.leaving.size === 0) return this.topic.publishFollowed(envelope);
    const ids = [...(to ?? this.list().map(({ id }) => id))].filter((id) => !this.leaving.has(id));
    return this.topic.publishFollowed(envelope, new Set(ids));
  }
}
