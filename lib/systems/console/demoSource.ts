import {
  asyncScheduler,
  distinctUntilChanged,
  filter,
  interval,
  map,
  mergeMap,
  NEVER,
  range,
  switchMap,
  type Observable,
} from 'rxjs';
import type { SourceKnobs } from './demo.ts';
import type { DemoOrder } from './demoSubscribers.ts';

/** What a source of the demo goes by. */
export interface DemoSourceOptions {
  readonly name: string;
  readonly knobs$: Observable<SourceKnobs>;
  /** Whether it may make one more now; else it makes none. */
  readonly hasRoom: () => boolean;
}

/** The shortest time from one round to the next: in a round it makes as many as are due. */
const ROUND_MS = 10;
const CUSTOMERS = 8;

/** Orders at a rate, in the order of their times. */
export function demoSource({ name, knobs$, hasRoom }: DemoSourceOptions): Observable<DemoOrder> {
  let made = 0;
  let last = 0;

  return knobs$.pipe(
    map(({ running, perSecond }) => (running ? perSecond : 0)),
    distinctUntilChanged(),
    switchMap((perSecond) => (perSecond > 0 ? paced(perSecond) : NEVER)),
    filter(hasRoom),
    map(() => {
      const id = ++made;
      last = Math.max(last, asyncScheduler.now()); // the clock may be set back
      return { id, source: name, at: last, customer: `c${id % CUSTOMERS}` };
    }),
  );
}

function paced(perSecond: number): Observable<number> {
  const everyMs = Math.max(ROUND_MS, 1_000 / perSecond);
  const each = (perSecond * everyMs) / 1_000;
  return interval(everyMs).pipe(mergeMap((i) => range(0, Math.floor((i + 1) * each) - Math.floor(i * each))));
}
