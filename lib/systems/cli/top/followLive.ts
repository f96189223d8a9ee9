import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import * as t from 'io-ts';
import {
  defer,
  filter,
  map,
  merge,
  retry,
  scan,
  Subject,
  tap,
  throwError,
  timeout,
  timer,
  type Observable,
} from 'rxjs';
import { decode } from '../../../boundary/decode.ts';
import { fromAbortable } from '../../../boundary/fromAbortable.ts';
import { networkReason } from '../../../boundary/networkReason.ts';
import { FormatError, RefusedError, UnreachableError } from '../../../contracts/failure.ts';
import type { LiveView } from '../../../contracts/liveView.ts';
import { applyDelta } from '../../page/live/applyDelta.ts';
import { liveDelta, liveView } from './liveView.ts';

/** Whom {@link followLive} asks, and for what. */
export interface FollowOptions {
  /** The server, `http://127.0.0.1:8080/` for instance. */
  readonly base: string;
  /** What is to be seen: `kind`, `name`, `limit`. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** The admin token of the server, if it has one. */
  readonly token?: string | undefined;
  /** Gives numbers from 0 to 1, so that many who lost the same server do not come again in step. */
  readonly random: () => number;
  /** Default: the built-in `fetch`. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/** How what runs stands, or why that is not known at the moment. */
export type Live =
  { readonly kind: 'view'; readonly view: LiveView } | { readonly kind: 'lost'; readonly failure: UnreachableError };

/** Longest silence: the server tells of itself each second. */
const SILENCE_MS = 15_000;
const MAX_EVENT_CHARS = 1024 ** 2;
const DELAY_MS = { first: 250, least: 50, most: 10_000 };
const NO_CONSOLE = 'it has no console: that is a part of `rxfan up`';
const Problem = t.type({ code: t.string, detail: t.string });

/**
 * What runs in a server, anew with each change. A connection that is lost is told, and made again, at most ten seconds
 * later. Errors with UnreachableError where there never was one, with RefusedError where the server refuses, and with
 * DecodeError or FormatError where it tells something else.
 */
export function followLive({ random, ...options }: FollowOptions): Observable<Live> {
  return defer(() => {
    const lost$ = new Subject<Live>();
    let wasThere = false;
    const view$ = views(options).pipe(
      tap(() => (wasThere = true)),
      retry({
        delay: (failure: unknown, attempt) => {
          if (!wasThere || !(failure instanceof UnreachableError)) return throwError(() => failure);
          lost$.next({ kind: 'lost', failure });
          return timer(Math.max(DELAY_MS.least, random() * Math.min(DELAY_MS.most, DELAY_MS.first * 2 ** attempt)));
        },
        resetOnSuccess: true,
      }),
      map((view): Live => ({ kind: 'view', view })),
    );
    return merge(lost$, view$);
  });
}

/** What runs, over one connection. It never completes: a stream that ends is lost. */
function views({ base, query, token, fetch = globalThis.fetch }: Omit<FollowOptions, 'random'>): Observable<LiveView> {
  const url = new URL('v1/console/live', base.endsWith('/') ? base : `${base}/`);
  const where = url.origin + url.pathname;
  for (const [name, value] of query) url.searchParams.append(name, value);
  const headers = { accept: 'text/event-stream', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const silent = () => new UnreachableError(where, `nothing was heard from it for ${SILENCE_MS} ms`);

  return fromAbortable((signal) => read(() => fetch(url.href, { headers, redirect: 'error', signal }), where)).pipe(
    timeout({ each: SILENCE_MS, with: () => throwError(silent) }),
    scan((view: LiveView | undefined, event) => viewAfter(view, event, where), undefined),
    filter((view) => view !== undefined),
  );
}

async function* read(ask: () => Promise<Response>, where: string): AsyncGenerator<EventSourceMessage> {
  const lost = (cause: unknown): never => {
    throw new UnreachableError(where, networkReason(cause), { cause });
  };
  const response = await ask().catch(lost);
  if (!response.ok) throw await refusal(response, where);
  const parser = new EventSourceParserStream({ onError: 'terminate', maxBufferSize: MAX_EVENT_CHARS });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(parser).getReader();
  for (;;) {
    const step = await reader?.read().catch(lost);
    if (!step || step.done) throw new UnreachableError(where, 'it ended the stream');
    yield step.value;
  }
}

/** Why the server does not want to tell. */
async function refusal(response: Response, where: string): Promise<Error> {
  const { status } = response;
  if (status >= 500) return new UnreachableError(where, `status ${status}`);
  const problem: unknown = await response.json().catch(() => undefined);
  if (status === 404) return new RefusedError(where, NO_CONSOLE, { status });
  const says = Problem.is(problem) ? `${problem.detail} (${problem.code})` : `status ${status}, without a reason`;
  return new RefusedError(where, says, { status });
}

function viewAfter(
  view: LiveView | undefined,
  { event, data }: EventSourceMessage,
  where: string,
): LiveView | undefined {
  if (event === 'graph') return decode(liveView, parsed(data, where), where);
  if (event === 'delta') return view && applyDelta(view, decode(liveDelta, parsed(data, where), where));
  if (event === 'end') throw new UnreachableError(where, 'it ended the stream');
  return view;
}

function parsed(data: string, where: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new FormatError(where, 1, 'not JSON', { cause });
  }
}
