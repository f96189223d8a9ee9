import { Observable, takeUntil, type MonoTypeOperatorFunction } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import { TimeoutError } from '../../contracts/operationFailure.ts';

/** Errors with TimeoutError unless the source ends within a time, counted from the subscription. */
export function within<T>(what: string, timeoutMs: number): MonoTypeOperatorFunction<T> {
  const late$ = new Observable<never>((subscriber) =>
    after(timeoutMs, () => subscriber.error(new TimeoutError(what, timeoutMs))),
  );
  return takeUntil(late$);
}
