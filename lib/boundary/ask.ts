import { take, throwIfEmpty, type Observable, type ObservableInput } from 'rxjs';
import { UnreachableError } from '../contracts/failure.ts';
import { fromAbortable, type AbortableOptions } from './fromAbortable.ts';

/** One answer of a page source's upstream: the first value counts, and none is an error. */
export function ask<T>(
  source: string,
  start: (signal: AbortSignal) => ObservableInput<T>,
  options?: AbortableOptions,
): Observable<T> {
  return fromAbortable(start, options).pipe(
    take(1),
    throwIfEmpty(() => new UnreachableError(source, 'it completed without an answer')),
  );
}
