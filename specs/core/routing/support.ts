import { EMPTY, Observable } from 'rxjs';
import type { Next } from '../../../lib/core/routing/filter.ts';
import type { RoutedEvent } from '../../../lib/contracts/routedEvent.ts';

/** An event of a tenant called t. */
export function event(id: string, payload: unknown = null, tenant = 't'): RoutedEvent {
  return { id, payload, tenant, receivedAt: 0 };
}

/** The end of a route that keeps what it is given, and delivers it at once, or as `deliver` says. */
export function sink(deliver: Next<RoutedEvent> = () => EMPTY) {
  const events: RoutedEvent[] = [];
  const next: Next<RoutedEvent> = (given) =>
    new Observable<never>((subscriber) => {
      events.push(given);
      return deliver(given).subscribe(subscriber);
    });
  return { next, events, ids: () => events.map(({ id }) => id), payloads: () => events.map(({ payload }) => payload) };
}
