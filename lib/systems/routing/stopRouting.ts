import { concatMap, defer, forkJoin, from, map, switchMap, tap, toArray, type Observable } from 'rxjs';
import type { ReceiverLedger } from '../../core/receivers/receiver.ts';
import type { CloseOptions } from '../../core/topics/drained.ts';
import type { AlertHub } from './createAlertHub.ts';
import { closingOrder, type Flow } from './flows.ts';
import type { RoutedReceiver } from './routedReceiver.ts';

/** What is stopped. */
export interface RunningParts {
  readonly entries: readonly RoutedReceiver[];
  readonly flows: readonly Flow[];
  readonly topics: { close(options: CloseOptions): Observable<unknown> };
  readonly alerts: Pick<AlertHub, 'close'>;
}

/** Closes receivers, those who write to a topic before those who read it, all within one deadline. */
export function stopRouting(parts: RunningParts, deadlineMs: number): Observable<readonly ReceiverLedger[]> {
  const { entries, flows, topics, alerts } = parts;
  const dueAt = Date.now() + deadlineMs;
  const left = () => ({ deadlineMs: Math.max(0, dueAt - Date.now()) });

  const closed$ = (entry: RoutedReceiver): Observable<ReceiverLedger> =>
    entry.receiver.close(left()).pipe(
      tap(() => {
        for (const { release } of entry.leases) void release();
      }),
    );

  return from(closingOrder(flows)).pipe(
    concatMap((group) => {
      const names = new Set(group.map(({ name }) => name));
      return forkJoin(
        entries.filter(({ receiver }) => names.has(receiver.name)).map((entry) => defer(() => closed$(entry))),
      );
    }),
    toArray(),
    switchMap((ledgers) => topics.close(left()).pipe(map(() => ledgers.flat()))),
    tap(() => alerts.close()),
  );
}
