import { concat, delayWhen, dematerialize, ignoreElements, materialize, NEVER, throwError, timer } from 'rxjs';
import type { Observable } from 'rxjs';

/** How a call goes that does not go as usual. Times are in ms from when it is subscribed to. */
export type Twist =
  /** It is made later. */
  | { readonly kind: 'delayed'; readonly delayMs: number }
  /** It is made at once, and each of its answers comes later. */
  | { readonly kind: 'late'; readonly delayMs: number }
  /** It is not made. Default: at once. */
  | { readonly kind: 'failing'; readonly error: unknown; readonly delayMs?: number | undefined }
  /** It is made and takes effect, and whoever called hears of an error in place of its answer. */
  | { readonly kind: 'lost'; readonly error: unknown }
  /** It is not made, and never answered. */
  | { readonly kind: 'hanging' };

/** A call with its twist; without one it goes as usual. */
export function twisted<T>(call$: Observable<T>, twist: Twist | undefined): Observable<T> {
  if (twist === undefined) return call$;
  switch (twist.kind) {
    case 'delayed':
      return concat(pause(twist.delayMs), call$);
    case 'late':
      return call$.pipe(
        materialize(), // its error is an answer too
        delayWhen(() => timer(twist.delayMs)),
        dematerialize(),
      );
    case 'failing': {
      const failed$ = throwError(() => twist.error);
      return twist.delayMs === undefined ? failed$ : concat(pause(twist.delayMs), failed$);
    }
    case 'lost':
      return concat(
        call$.pipe(ignoreElements()),
        throwError(() => twist.error),
      );
    case 'hanging':
      return NEVER;
  }
}

function pause(ms: number): Observable<never> {
  return timer(ms).pipe(ignoreElements());
}
