import { Observable, type Subscriber } from 'rxjs';
import type { Route, RouteContext } from '../../../../lib/contracts/receiver.ts';
import type { Receiver, RouteHandle } from '../../../../lib/core/receivers/receiver.ts';

/** One event that a route was handed. */
export interface Call<E> {
  readonly event: E;
  readonly context: RouteContext;
  readonly isOpen: () => boolean;
  readonly succeed: () => void;
  readonly fail: (cause?: unknown) => void;
}

/** A route whose handlers end when they are told to. */
export interface Manual<E> {
  readonly handle: RouteHandle<E>;
  /** In the order they were called. */
  readonly calls: readonly Call<E>[];
  readonly events: () => E[];
  readonly open: () => Call<E>[];
}

export function manual<E>(receiver: Receiver<E>, id: string, route: Partial<Route<E>> = {}): Manual<E> {
  const calls: Call<E>[] = [];
  const handle = receiver.addRoute({
    id,
    concurrency: Infinity,
    ...route,
    handle(event, context) {
      let isOpen = true;
      let work: Subscriber<unknown> | undefined;
      calls.push({
        event,
        context,
        isOpen: () => isOpen,
        succeed: () => work?.complete(),
        fail: (cause = new Error(`${id} fails on ${String(event)}`)) => work?.error(cause),
      });
      return new Observable((subscriber) => {
        work = subscriber;
        return () => (isOpen = false);
      });
    },
  });
  return {
    handle,
    calls,
    events: () => calls.map(({ event }) => event),
    open: () => calls.filter(({ isOpen }) => isOpen()),
  };
}
