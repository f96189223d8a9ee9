import {
  catchError,
  combineLatest,
  exhaustMap,
  map,
  NEVER,
  of,
  scan,
  startWith,
  switchMap,
  timer,
  type Observable,
} from 'rxjs';
import { tokenAsked$ } from './accessToken.ts';
import type { ApiFailure } from './apiFailure.ts';
import { visible$ } from './visible.ts';

/** What is known of something that is asked for again and again: what came last, and why nothing newer has come. */
export interface Polled<T> {
  readonly value?: T;
  readonly failure?: ApiFailure;
}

/** How {@link polled} asks. */
export interface PolledOptions {
  /** From one request to the next, in ms. Default: 2 000. */
  readonly everyMs?: number | undefined;
  /** Asks at once. */
  readonly again$?: Observable<unknown> | undefined;
}

/** Asks while the tab can be seen and no token is asked for; one request at a time. What came stays while newer does not come. */
export function polled<T>(
  ask: () => Observable<T>,
  { everyMs = 2_000, again$ = NEVER }: PolledOptions = {},
): Observable<Polled<T>> {
  return combineLatest([visible$, tokenAsked$, again$.pipe(startWith(undefined))]).pipe(
    switchMap(([isVisible, asked]) => (isVisible && asked === 'no' ? timer(0, everyMs) : NEVER)),
    exhaustMap(() =>
      ask().pipe(
        map((value): Polled<T> => ({ value })),
        catchError((failure: unknown) => of<Polled<T>>({ failure: failure as ApiFailure })), // what ask() errors with
      ),
    ),
    scan((before, next) => ({ ...(before.value !== undefined && { value: before.value }), ...next })),
  );
}
