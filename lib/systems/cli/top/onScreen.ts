import {
  auditTime,
  BehaviorSubject,
  combineLatest,
  distinctUntilChanged,
  filter,
  fromEventPattern,
  ignoreElements,
  lastValueFrom,
  map,
  merge,
  mergeMap,
  ReplaySubject,
  scan,
  share,
  startWith,
  switchMap,
  takeUntil,
  tap,
  withLatestFrom,
  type Observable,
} from 'rxjs';
import { mergeMapBounded } from '../../../../operators/mergeMapBounded.ts';
import { EXIT } from '../exit.ts';
import type { Screen, Terminal } from '../terminal.ts';
import type { Live } from './followLive.ts';
import { pageOf, screenful, type Seen } from './screenful.ts';
import { afterKey, keysOf, type Viewer } from './viewer.ts';

/** Who looks, and at what. */
export interface OnScreenOptions {
  /** What runs, of those whose name has this in it. */
  readonly follow$: (name: string) => Observable<Live>;
  /** The name to begin with. */
  readonly name: string;
  /** The server, as it is told. */
  readonly base: string;
  readonly screen: Screen;
  readonly terminal: Terminal;
}

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
/** Least time between two pictures. */
const EVERY_MS = 50;

/** Draws what runs on the whole screen until whoever looks leaves, and gives the exit code. */
export async function onScreen({ follow$, name, base, screen, terminal }: OnScreenOptions): Promise<number> {
  const viewer$ = new BehaviorSubject<Viewer>({ first: 0, name, isLeaving: false });
  const seen$ = viewer$.pipe(
    map(({ name: wanted }) => wanted),
    distinctUntilChanged(),
    switchMap((wanted) => follow$(wanted).pipe(scan(seenAfter, {}), startWith({}))),
    share({ connector: () => new ReplaySubject<Seen>(1) }),
  );
  const size$ = fromEventPattern(screen.onResize, (_, leave: () => void) => leave()).pipe(
    startWith(undefined),
    map(() => screen.size()),
    share({ connector: () => new ReplaySubject(1) }),
  );
  const typed$ = fromEventPattern<string>(screen.onTyped, (_, leave: () => void) => leave()).pipe(
    mergeMap(keysOf),
    withLatestFrom(seen$, size$),
    tap(([key, { view }, size]) => {
      viewer$.next(afterKey(viewer$.value, key, { things: view?.nodes.length ?? 0, page: pageOf(size) }));
    }),
  );
  const drawn$ = combineLatest([seen$, viewer$, size$]).pipe(
    auditTime(EVERY_MS),
    map(([seen, viewer, size]) => screenful(seen, { viewer, size, base, isColoured: !terminal.env['NO_COLOR'] })),
    distinctUntilChanged(),
    mergeMapBounded((text) => terminal.write(text), { concurrency: 1, bufferSize: 1, overflow: 'dropOldest' }),
  );

  const unhook = terminal.onStop(() => viewer$.next({ ...viewer$.value, isLeaving: true }));
  await terminal.write(ENTER);
  try {
    const left$ = viewer$.pipe(filter(({ isLeaving }) => isLeaving));
    await lastValueFrom(merge(drawn$, typed$).pipe(ignoreElements(), takeUntil(left$)), { defaultValue: undefined });
    return EXIT.done;
  } finally {
    unhook();
    await terminal.write(LEAVE);
  }
}

function seenAfter(seen: Seen, live: Live): Seen {
  return live.kind === 'view' ? { view: live.view } : { ...seen, failure: live.failure };
}
