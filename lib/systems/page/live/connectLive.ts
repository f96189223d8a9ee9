import {
  catchError,
  concat,
  defer,
  filter,
  map,
  type Observable,
  of,
  repeat,
  takeWhile,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import type { ApiFailure } from '../api/apiFailure.ts';
import { readEvents } from '../api/readEvents.ts';
import { applyDelta } from './applyDelta.ts';
import type { LiveDelta, LiveView } from '../../../contracts/liveView.ts';

/** How the connection to the live stream stands. `view` is what came last, also while nothing comes. */
export interface LiveState {
  /** `lost`: it is tried again. `refused`: the server does not want to, whoever asks again as before. */
  readonly kind: 'connecting' | 'live' | 'lost' | 'refused';
  readonly view?: LiveView | undefined;
  readonly failure?: ApiFailure;
}

/** The server tells something each second; after this time without a word the connection counts as lost, in ms. */
const SILENCE_MS = 10_000;
const BACKOFF_MS = { first: 500, most: 10_000 };

/** The live stream at a path, connected again whenever it is lost. Emits `lost` at once; completes only when it is refused. */
export function connectLive(path: string): Observable<LiveState> {
  return defer(() => {
    let view: LiveView | undefined;
    let failures = 0;
    const ended$ = throwError(() => ({ code: 'ended', detail: 'The server has ended the stream.', status: 0 }));

    return concat(
      defer(() => readEvents(path)),
      ended$,
    ).pipe(
      filter(({ event }) => event === 'graph' || event === 'delta'),
      map(({ event, data }) => {
        const told: unknown = JSON.parse(data);
        if (event === 'graph') return told as LiveView;
        if (view === undefined) throw new TypeError('a change came before what it changes');
        return applyDelta(view, told as LiveDelta);
      }),
      tap((next) => {
        view = next;
        failures = 0;
      }),
      timeout({ each: SILENCE_MS }),
      map((next): LiveState => ({ kind: 'live', view: next })),
      catchError((thrown: unknown) => {
        const failure = asFailure(thrown);
        const kind = failure.status === 401 || failure.status === 403 ? 'refused' : 'lost';
        return of<LiveState>({ kind, view, failure });
      }),
      repeat({ delay: () => timer(Math.min(BACKOFF_MS.most, BACKOFF_MS.first * 2 ** failures++)) }),
      takeWhile(({ kind }) => kind !== 'refused', true),
    );
  });
}

function asFailure(thrown: unknown): ApiFailure {
  const { code, detail, status } = thrown as Partial<ApiFailure>;
  if (code !== undefined && detail !== undefined && status !== undefined) return { code, detail, status };
  return { code: 'interrupted', detail: 'The stream was interrupted.', status: 0 };
}
