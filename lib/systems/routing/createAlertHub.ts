import { tap, type Observable, type Subscription } from 'rxjs';
import { createEventRing, type EventRing } from '../../adapters/http/createEventRing.ts';
import type { RouteAlert } from '../../contracts/receiver.ts';

/** What is known of congestion: which routes are congested now, and what happened last. */
export interface AlertHub {
  watch(alerts$: Observable<RouteAlert>): Subscription;
  /** The alert that was raised for a route and not cleared. */
  current(tenant: string, receiver: string, route: string): RouteAlert | undefined;
  all(): readonly RouteAlert[];
  /** What follows this id in the stream is not known to whoever has asked for {@link all} before. */
  lastEventId(): string;
  readonly events: Pick<EventRing, 'after'>;
  /** Ends all streams. */
  close(): void;
}

/** What an {@link AlertHub} keeps. */
export interface AlertHubOptions {
  /** Latest alerts that are kept for clients which come again. */
  readonly size: number;
}

/** Makes an {@link AlertHub}. */
export function createAlertHub({ size }: AlertHubOptions): AlertHub {
  let lastId = Date.now() * 1_000; // above those of a process before
  const ring = createEventRing({ size, firstId: lastId + 1 });
  const raised = new Map<string, RouteAlert>();

  const take = (alert: RouteAlert): void => {
    const key = keyOf(alert.tenant, alert.receiver, alert.route);
    if (alert.kind === 'raised') raised.set(key, alert);
    else raised.delete(key);
    lastId++;
    ring.push({ event: alert.kind, data: JSON.stringify(alertResource(alert)) });
  };

  return {
    watch: (alerts$) => alerts$.pipe(tap(take)).subscribe(),
    current: (tenant, receiver, route) => raised.get(keyOf(tenant, receiver, route)),
    all: () => [...raised.values()],
    lastEventId: () => String(lastId),
    events: { after: (id) => ring.after(id) },
    close: () => ring.close(),
  };
}

/** An alert as clients and sinks get it. */
export interface AlertResource extends Omit<RouteAlert, 'since'> {
  /** Of the route: `tenant/receiver/route`. */
  readonly id: string;
  /** When the line crossed the mark. */
  readonly since: string;
}

/** Tells an alert to readers outside. */
export function alertResource({ since, ...alert }: RouteAlert): AlertResource {
  return { id: `${alert.tenant}/${alert.receiver}/${alert.route}`, ...alert, since: new Date(since).toISOString() };
}

function keyOf(...names: readonly string[]): string {
  return names.join('/'); // no name has a slash in it
}
