import {
  animationFrameScheduler,
  auditTime,
  BehaviorSubject,
  combineLatest,
  distinctUntilChanged,
  map,
  of,
  scan,
  shareReplay,
  startWith,
  switchMap,
  type Observable,
} from 'rxjs';
import { accessToken$ } from '../api/accessToken.ts';
import { visible$ } from '../api/visible.ts';
import { connectLive, type LiveState } from './connectLive.ts';
import { livePath, type LiveQuery } from './liveQuery.ts';
import { noHistory, withSample } from './processHistory.ts';

const queries$ = new BehaviorSubject<LiveQuery | undefined>(undefined);

/** Asks for other things; undefined: for nothing, and the stream is closed. */
export function watchLive(query: LiveQuery | undefined): void {
  queries$.next(query);
}

const CONNECTING: LiveState = { kind: 'connecting' };

/** How what was asked for stands: one connection for the page, none while the tab is hidden, at most once per frame. */
export const live$: Observable<LiveState> = combineLatest([
  queries$.pipe(
    map((query) => query && livePath(query)),
    distinctUntilChanged(),
  ),
  visible$,
  accessToken$,
]).pipe(
  switchMap(([path, isVisible]) =>
    path !== undefined && isVisible ? connectLive(path).pipe(startWith(CONNECTING)) : of(CONNECTING),
  ),
  // What was known stays on the screen until something newer comes.
  scan((before, next): LiveState => ({ ...next, view: next.view ?? before.view })),
  auditTime(0, animationFrameScheduler),
  shareReplay({ bufferSize: 1, refCount: true }),
);

/** How the process did in the last two minutes, as far as the page was looking. */
export const history$ = live$.pipe(
  scan((history, { kind, view }) => (kind === 'live' && view ? withSample(history, view) : history), noHistory),
  distinctUntilChanged(),
  shareReplay({ bufferSize: 1, refCount: true }),
);

/** What came last, for those who do not care whether it is new. */
export const view$ = live$.pipe(
  map(({ view }) => view),
  distinctUntilChanged(),
);
