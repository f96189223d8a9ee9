import { catchError, EMPTY, fromEvent, lastValueFrom, of, takeUntil, tap, type Observable } from 'rxjs';

/** What was said until the end, or the signal, and what it ended with when that was an error. */
export interface Said<T> {
  readonly values: readonly T[];
  readonly failure?: { readonly cause: unknown } | undefined;
}

/** Listens until the stream ends, or the signal is given. Resolves in either case. */
export async function listenUntil<T>(source$: Observable<T>, signal: AbortSignal): Promise<Said<T>> {
  const values: T[] = [];
  let failure: Said<T>['failure'];
  const heard$ = source$.pipe(
    tap((value) => values.push(value)),
    catchError((cause: unknown) => {
      failure = { cause };
      return EMPTY;
    }),
    takeUntil(signal.aborted ? of(undefined) : fromEvent(signal, 'abort')),
  );
  await lastValueFrom(heard$, { defaultValue: undefined });
  return { values, failure };
}
