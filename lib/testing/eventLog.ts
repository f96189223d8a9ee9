import { firstValueFrom, map, startWith, Subject, throwError, timeout, first } from 'rxjs';
import { showValue } from './showValue.ts';

/** What has happened, in order, for a law that waits for it. */
export interface EventLog<T> {
  readonly all: readonly T[];
  add(event: T): void;
  /** Resolves once it is enough; rejects at the deadline, with what was missing. */
  until(isEnough: (all: readonly T[]) => boolean, missing: string): Promise<readonly T[]>;
}

/** A log whose waits end after `deadlineMs`. */
export function eventLog<T>(deadlineMs: number): EventLog<T> {
  const all: T[] = [];
  const added$ = new Subject<void>();
  return {
    all,
    add(event) {
      all.push(event);
      added$.next();
    },
    until: (isEnough, missing) =>
      firstValueFrom(
        added$.pipe(
          startWith(undefined),
          map(() => all),
          first(isEnough),
          timeout({
            first: deadlineMs,
            with: () =>
              throwError(
                () => new Error(`in ${deadlineMs} ms ${missing}; there were ${all.length}: ${showValue(all)}`),
              ),
          }),
        ),
      ),
  };
}
