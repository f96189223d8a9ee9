import { asyncScheduler, defer, finalize, fromEvent, map, merge, NEVER, of, take, tap, throwError, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { RefusedError } from '../contracts/failure.ts';
import type { PageKey } from '../contracts/pageKey.ts';
import type { Page, PageRequest, PageSource } from '../contracts/pageSource.ts';
import type { Permit, Permitted } from './permit.ts';
import { indexOfPosition, keysetPosition, readFakeToken, upperBound, writeFakeToken } from './fakePosition.ts';

/** A list, and how the source that pages through it behaves. Calls are counted from 0. */
export interface FakePageSourceOptions<T, Q = unknown> {
  /** Default: `fake`. */
  readonly name?: string | undefined;
  /** The list at the beginning. In the order of `key`, unless `paging` is `offset` and it is meant not to be. */
  readonly items: readonly T[];
  readonly key: (item: T) => PageKey;
  /** What a page token stands for: the last key, which no change of the list moves, or a count. Default: `keyset`. */
  readonly paging?: 'keyset' | 'offset' | undefined;
  /** Which items a query asks for. Default: all. */
  readonly matches?: ((item: T, query: Q) => boolean) | undefined;
  /** Items per page, whatever is asked for. Default: as many as asked for. */
  readonly pageSize?: number | ((call: number) => number) | undefined;
  /** How long an answer or a failure takes, from when it is asked for. Default: 0, which answers synchronously. */
  readonly latencyMs?: number | ((call: number) => number) | undefined;
  /** What a call fails with; undefined lets it answer. */
  readonly failures?: ((call: number) => unknown) | undefined;
  /** How a call misbehaves: see {@link FakeQuirk}; undefined lets it answer as it should. */
  readonly quirks?: ((call: number) => FakeQuirk | undefined) | undefined;
  /** Called as a call starts, to change the list between pages. */
  readonly beforeCall?: ((call: number, source: FakePageSource<T, Q>) => void) | undefined;
}

/**
 * What real sources do to their callers. `hang`: never answers. `empty`: gives no items, and a token for the same
 * place. `loop`: gives the page, and a token that leads back to it. `more`: gives a token even with the last page.
 * `shifted`: says that the list has moved.
 */
export type FakeQuirk = 'hang' | 'empty' | 'loop' | 'more' | 'shifted';

/** One call of a fake source. */
export interface FakeCall<Q = unknown> {
  readonly request: PageRequest<Q>;
  /** By the clock of asyncScheduler, which is virtual in a marble test. */
  readonly startedAt: number;
  /** `cancelled`: its signal was aborted, or its answer unsubscribed. */
  readonly outcome: 'live' | 'answered' | 'failed' | 'cancelled';
}

/** A page source under the control of a test. */
export interface FakePageSource<T, Q = unknown> extends PageSource<T, Q>, Permitted {
  /** The list as it is now. Change it at any time, keeping it in order. */
  readonly items: T[];
  /** Every call so far, the first one first. */
  readonly calls: readonly FakeCall<Q>[];
  /** How many calls are waiting for their answer, now and at most so far. */
  readonly liveCalls: number;
  readonly maxLiveCalls: number;
  /** Puts an item where it belongs, after those of the same key. */
  insert(item: T): void;
  /** Takes an item out. */
  remove(item: T): void;
  fetch(request: PageRequest<Q>): Observable<Page<T>>;
}

/**
 * A page source over a list in memory, with latency in virtual time, failures, drift, and the habits of bad sources.
 *
 * @example
 * const source = fakePageSource({ items: ['a', 'b', 'c'], key: (item) => item, latencyMs: 20 });
 * source.remove('b');
 */
export function fakePageSource<T, Q = unknown>(options: FakePageSourceOptions<T, Q>): FakePageSource<T, Q> {
  const { name = 'fake', key, paging = 'keyset', matches, pageSize, latencyMs = 0 } = options;
  const { failures = nothing, quirks = nothing, beforeCall = nothing } = options;
  const items = [...options.items];
  const permits: Permit[] = [];
  const calls: { -readonly [K in keyof FakeCall<Q>]: FakeCall<Q>[K] }[] = [];
  let liveCalls = 0;
  let maxLiveCalls = 0;

  const answer = (request: PageRequest<Q>, number: number): Page<T> => {
    const failure = failures(number);
    if (failure !== undefined) throw failure;
    if (!(Number.isInteger(request.pageSize) && request.pageSize > 0)) {
      throw new RefusedError(name, `pageSize must be a whole number from 1 up, not ${request.pageSize}`);
    }
    const quirk = quirks(number);
    const list = matches ? items.filter((item) => matches(item, request.query)) : items;
    const from = request.pageToken ? indexOfPosition(list, key, readFakeToken(name, request.pageToken)) : 0;
    const size = quirk === 'empty' ? 0 : perCall(pageSize ?? request.pageSize, number);
    const page = list.slice(from, from + size);
    const next = quirk === 'loop' ? from : from + page.length;
    const isLast = next >= list.length && quirk !== 'more';
    const position = paging === 'offset' ? { count: next } : keysetPosition(list, key, next);
    return {
      items: page,
      ...(isLast ? {} : { nextPageToken: writeFakeToken(name, position) }),
      ...(quirk === 'shifted' ? { shifted: true } : {}),
    };
  };

  const source: FakePageSource<T, Q> = {
    name,
    paging,
    items,
    calls,
    permits,
    get liveCalls() {
      return liveCalls;
    },
    get maxLiveCalls() {
      return maxLiveCalls;
    },
    insert: (item) => void items.splice(upperBound(items, key, key(item)), 0, item),
    remove: (item) => {
      const index = items.indexOf(item);
      if (index >= 0) items.splice(index, 1);
    },
    fetch: (request) =>
      defer(() => {
        const number = calls.length;
        const call: (typeof calls)[number] = { request, startedAt: asyncScheduler.now(), outcome: 'live' };
        calls.push(call);
        permits.push({ kind: 'asked', at: call.startedAt, count: request.pageSize });
        maxLiveCalls = Math.max(maxLiveCalls, ++liveCalls);
        const settle = (outcome: FakeCall['outcome']) => {
          if (call.outcome !== 'live') return;
          call.outcome = outcome;
          if (outcome === 'cancelled') permits.push({ kind: 'left', at: asyncScheduler.now() });
          liveCalls--;
        };
        if (request.signal.aborted) {
          settle('cancelled');
          return throwError(() => request.signal.reason as unknown);
        }
        beforeCall(number, source);
        const waitMs = perCall(latencyMs, number);
        const due$ = quirks(number) === 'hang' ? NEVER : waitMs > 0 ? timer(waitMs) : of(0);
        return merge(abortOf(request.signal), due$.pipe(map(() => answer(request, number)))).pipe(
          take(1),
          tap({
            next: () => settle('answered'), // before the caller hears it, who may ask for the next page at once
            error: () => settle(request.signal.aborted ? 'cancelled' : 'failed'),
          }),
          finalize(() => settle('cancelled')),
        );
      }),
  };
  return source;
}

function abortOf(signal: AbortSignal): Observable<never> {
  return fromEvent(signal, 'abort').pipe(
    map(() => {
      throw signal.reason;
    }),
  );
}

function perCall(value: number | ((call: number) => number), call: number): number {
  return typeof value === 'number' ? value : value(call);
}

function nothing(): undefined {
  return undefined;
}
