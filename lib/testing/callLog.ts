import { asyncScheduler, defer, tap, type Observable } from 'rxjs';
import { OverflowError } from '../../operators/errors.ts';
import { checkInteger } from '../../operators/internal/checkOption.ts';

/** One call that a fake has written down. */
export interface Noted {
  /** By the clock of asyncScheduler, which is virtual in a marble test. */
  readonly startedAt: number;
  /** Absent while it is live. */
  readonly endedAt?: number;
  /** `cancelled`: whoever called has left. */
  readonly outcome: 'live' | 'succeeded' | 'failed' | 'cancelled';
  /** What it failed with. */
  readonly error?: unknown;
}

/** What was called, in the order of it. */
export interface CallLog<Facts> {
  readonly all: readonly (Facts & Noted)[];
  /** The same call, written down whenever it is subscribed to. */
  note<T>(facts: Facts, call$: Observable<T>): Observable<T>;
}

/** A log of `bufferSize` calls; one more errors with OverflowError. */
export function callLog<Facts extends object>(stage: string, bufferSize: number): CallLog<Facts> {
  checkInteger('bufferSize', bufferSize, 1);
  const all: (Facts & Noted)[] = [];
  return {
    all,
    note: (facts, call$) =>
      defer(() => {
        if (all.length === bufferSize) throw new OverflowError(stage, bufferSize);
        const at = all.length;
        const startedAt = asyncScheduler.now();
        const settle = (end: Pick<Noted, 'outcome' | 'error'>) =>
          void (all[at] = { ...facts, startedAt, endedAt: asyncScheduler.now(), ...end });
        all.push({ ...facts, startedAt, outcome: 'live' });
        return call$.pipe(
          tap({
            complete: () => settle({ outcome: 'succeeded' }), // before the caller hears it, who may look
            error: (error: unknown) => settle({ outcome: 'failed', error }),
            unsubscribe: () => settle({ outcome: 'cancelled' }),
          }),
        );
      }),
  };
}
