import { defaultIfEmpty, defer, exhaustMap, from, mergeMap, repeat, takeUntil, tap, type Observable } from 'rxjs';
import { mergeMapBounded } from '../../../operators/mergeMapBounded.ts';
import { doInBulkheads } from './bulkheads.ts';
import { CycleTally } from './cycleTally.ts';
import { dueOf } from './dueOf.ts';
import type { Managers } from './managers.ts';
import type { CycleReport } from './observerStats.ts';
import type { Entry } from './registryIndex.ts';
import type { Teller } from './teller.ts';
import type { Telling } from './telling.ts';
import type { Resting } from './resting.ts';
import type { Settings } from './settings.ts';
import { wait } from './wait.ts';

/** What cycles need of their observer. */
export interface CyclesHost {
  readonly settings: Settings;
  readonly managers: Managers;
  readonly teller: Teller;
  readonly resting: Resting;
  /** Those to be told, at this moment. */
  readonly active: () => readonly Entry[];
  /** Emits when no more shall be begun. */
  readonly closing$: Observable<unknown>;
  readonly report: (report: CycleReport) => void;
}

const MOST_ASKED = 32; // at the same time

/** A cycle at each interval, save while one runs: none waits. Completes when the observer closes and the last one is over. */
export function cycles(host: CyclesHost): Observable<never> {
  const ticks$ = wait(host.settings.notifyIntervalMs).pipe(repeat(), takeUntil(host.closing$));
  return ticks$.pipe(exhaustMap(() => cycle(host)));
}

/** Asks each queue manager of which somebody wants to know, once, and tells those whose queues are deep enough. */
function cycle(host: CyclesHost): Observable<never> {
  return defer(() => {
    const { settings, teller } = host;
    const entries = host.active();
    const tally = new CycleTally(entries.length);
    const groups = knownGroups(host, entries, tally);
    const tellings$ = from(groups).pipe(
      mergeMapBounded(([manager, group]) => tellingsOf(host, manager, group, tally), {
        concurrency: MOST_ASKED,
        bufferSize: groups.size,
      }),
    );
    return doInBulkheads(tellings$, (telling, isPressed) => teller.tell(telling, isPressed), settings).pipe(
      tap({ complete: () => host.report(tally.report()) }),
    );
  });
}

function knownGroups(
  { managers }: CyclesHost,
  entries: readonly Entry[],
  tally: CycleTally,
): ReadonlyMap<string, readonly Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { manager } = entry.registration;
    const group = groups.get(manager);
    if (group) group.push(entry);
    else if (managers.isKnown(manager)) groups.set(manager, [entry]);
    else tally.untold('unknownManager');
  }
  return groups;
}

function tellingsOf(
  host: CyclesHost,
  manager: string,
  group: readonly Entry[],
  tally: CycleTally,
): Observable<Telling> {
  const queues = new Set(group.map(({ registration }) => registration.queue));
  tally.managers.asked++;
  const answer$ = host.managers.ask(manager, queues).pipe(takeUntil(host.closing$));
  return answer$.pipe(
    defaultIfEmpty(undefined),
    mergeMap((depths) => {
      if (depths) return dueOf(group, depths, tally, host);
      tally.managers.failed++;
      tally.untold('unknownDepth', group.length);
      return [];
    }),
  );
}
