import type { Observable } from 'rxjs';

/** Hands an event on. It completes when the event is delivered, and errors when it could not be. */
export type Next<E> = (event: E) => Observable<never>;

/**
 * One step of a route. It hands on what it makes of an event, once, often or not at all, and completes when all of that
 * is delivered: completing is the acknowledgement, an error is the refusal, and nothing else is needed for either. What
 * it returns does nothing before it is subscribed to, and unsubscribing gives the event up.
 */
export type Filter<E> = (event: E, next: Next<E>) => Observable<never>;
