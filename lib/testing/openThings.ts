import { asyncScheduler, Subscription, type Observable } from 'rxjs';
import { siteHere } from './siteHere.ts';

/** Something that a test opens and is to close: a subscription, or what has an end, as the delivery of a topic has. */
export type Trackable = Subscription | { readonly ended$: Observable<unknown> };

/** What is open in a test, each with the line that opened it. */
export interface OpenThings {
  /** Counts the subscriptions of a source. */
  watch<S extends Observable<unknown>>(name: string, source$: S): S;
  /** Counts something until it is closed. */
  track<T extends Trackable>(name: string, thing: T): T;
  /** What is open now. */
  subscriptions(): readonly string[];
  handles(): readonly string[];
}

/** What a test opens from now on; its clock began at 0. Subscriptions that are made `byHand` are the test's own affair. */
export function openThings(byHand: () => boolean): OpenThings {
  const subscriptions = new Map<Subscription, () => string>();
  const handles = new Map<Trackable, () => string>();

  return {
    watch(name, source$) {
      const made = siteHere('by the test itself; the source was made');
      const { subscribe } = source$ as { readonly subscribe: (...args: unknown[]) => Subscription };
      const watched = (...args: unknown[]) => {
        const site = siteHere(`a subscription to ${name}, since ${asyncScheduler.now()} ms,`, made);
        const isCounted = !byHand();
        const subscription = subscribe.apply(source$, args);
        if (!isCounted || subscription.closed) return subscription;
        subscriptions.set(subscription, site);
        subscription.add(() => subscriptions.delete(subscription));
        return subscription;
      };
      Object.assign(source$, { subscribe: watched });
      return source$;
    },

    track(name, thing) {
      handles.set(thing, siteHere(name));
      const closed = () => void handles.delete(thing);
      if (thing instanceof Subscription) thing.add(closed);
      else thing.ended$.subscribe({ error: closed, complete: closed });
      return thing;
    },

    subscriptions: () => [...subscriptions.values()].map((site) => site()),
    handles: () => [...handles.values()].map((site) => site()),
  };
}
