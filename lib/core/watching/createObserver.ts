import { defer, map, type Observable } from 'rxjs';
import { enroll } from '../../../operators/internal/inspector.ts';
import { acknowledged } from './acknowledged.ts';
import { Engine } from './engine.ts';
import type { Durability, Observer, ObserverOptions } from './observer.ts';
import { observerPart } from './observerPart.ts';
import { deadlineOf, settingsOf } from './settings.ts';
import { statsOf } from './statsOf.ts';

/**
 * Makes an observer: it asks queue managers, at intervals, how many messages wait in their queues, and tells those who
 * registered for queues that have some. Each manager is asked once per cycle; those who hang or fail hurt no others.
 *
 * - **Emits** what it does on `reports$`, and every failure on `errors$`.
 * - **Holds** registrations and tombstones within `limits`, and a timer for each that is in quarantine or rests.
 * - **Completes** with `close`.
 * - **Errors** never.
 * - **Unsubscribing** from `run` stops everything at once; what is not saved then is saved when it runs again.
 *
 * @example
 * const observer = createObserver({ sources, notifiers, store, newId: randomUUID, random: Math.random });
 * observer.run().subscribe();
 */
export function createObserver(options: ObserverOptions): Observer {
  const engine = new Engine(settingsOf(options));
  const { registry, outlets } = engine;
  enroll(engine, observerPart);

  return {
    register: (request, owner) =>
      changing(
        () => registry.register(request, owner),
        ({ registration }) => registration.id,
      ),
    unregister: (key, owner) => changing(() => ({ removed: registry.unregister(key, owner) })),
    flush: () => changing(() => ({ count: registry.flush() })),
    get: (id, owner) => registry.get(id, owner),
    list: (owner) => registry.list(owner),
    run: () => engine.run$,
    reports$: outlets.reports$,
    errors$: outlets.errors$,
    state$: outlets.state$,
    stats: () => statsOf(engine),
    close: (how) => engine.close(deadlineOf(how)),
  };

  /** Makes a change, and adds how safe it is. */
  function changing<T extends object>(
    change: () => T,
    idOf?: (made: T) => string,
  ): Observable<T & { readonly durability: Durability }> {
    return defer(() => {
      engine.checkOpen();
      const made = change();
      return acknowledged(engine, idOf?.(made)).pipe(map((durability) => ({ ...made, durability })));
    });
  }
}
