import { SourceOrderError } from '../../../operators/errors.ts';
import { createTournament } from '../../../operators/internal/tournament.ts';
import type { PageSource } from '../../contracts/pageSource.ts';
import type { SourceFailure } from '../../contracts/sourceFailure.ts';
import { createCatchUp } from './catchUp.ts';
import { createDeadlines } from './deadlines.ts';
import { noDrift, takeDrift } from './drift.ts';
import { createFrontierKeeper } from './frontier.ts';
import { createLane, type LaneEvents } from './lane.ts';
import type { Order } from './order.ts';
import { prefetchDepth } from './prefetchDepth.ts';
import { createSourceReader, type Hand } from './sourceReader.ts';
import type { Place, Stretch } from './stretch.ts';
import type { WalkState } from './walkState.ts';

/** What a {@link Walk} merges and how. */
export interface WalkOptions<T, Q> {
  readonly sources: readonly PageSource<T, Q>[];
  readonly query: Q;
  readonly order: Order<T>;
  readonly from: WalkState;
  /** Items to ask a source for. */
  readonly sourcePageSize: number;
  readonly timeoutMs: number;
  readonly onSourceFailure: 'fail' | 'omit';
  readonly prefetch: number;
  readonly limits: { readonly emptyPages: number; readonly pageItems: number };
  /** A page kept from the stretch before, if it is still good. */
  readonly kept: (source: PageSource<T, Q>, token: string | undefined, size: number) => Hand<T> | undefined;
}

/** Takes what a run of a {@link Walk} brings. */
export interface WalkEvents<T> {
  /** Takes items as they come; without it they are kept for the stretch. */
  readonly items?: (items: readonly T[]) => void;
  readonly done: (stretch: Stretch<T>) => void;
  readonly failed: (error: unknown) => void;
}

/** Merges sources stretch by stretch. */
export interface Walk<T> {
  /** Brings the next `size` items (with `on.items`: all, in lots of at most `size`). One run at a time. */
  run(size: number, on: WalkEvents<T>): void;
  /** Cancels the run and every call under way. */
  stop(): void;
}

/**
 * Joins lanes and tournament: asks a lane for values when the tournament has none of it, and drains the tournament while
 * it has of all. Everything happens in `turn`, which never calls itself, however synchronous the sources are.
 */
export function createWalk<T, Q>(options: WalkOptions<T, Q>): Walk<T> {
  const { sources, order, from, limits, onSourceFailure } = options;
  const deadlines = createDeadlines(options.timeoutMs);
  const frontier = createFrontierKeeper(order, from.frontier);
  const drifts = sources.map(noDrift);
  const failures = new Map<number, SourceFailure>();
  const names = sources.map(({ name }) => name);
  const done = from.positions.map(({ kind }) => kind === 'done');
  const headed = sources.map(() => false); // whether the tournament was given the page in hand
  const tournament = createTournament<T, unknown>({
    lanes: sources.length,
    rank: order.rankOf,
    compare: order.compare,
    onUnsorted: 'error',
    nameOf: (lane) => names[lane]!,
  });

  let current: WalkEvents<T> | undefined;
  let out: T[] = [];
  let limit = 0;
  let live = sources.length;
  let awaited = 0; // lanes without a head: until this is 0 the smallest item is not known
  let wishes: number[] = []; // those of them that are still to be asked
  let spent = -1; // the lane that ran out just when the stretch was full
  let turning = false;

  const lanes = sources.map((source, lane) => {
    const start = from.positions[lane]!;
    const { token, size } = start.kind === 'at' ? start : { token: undefined, size: options.sourcePageSize };
    return createLane({
      source,
      reader: createSourceReader({ source, query: options.query, deadlines, maxItems: limits.pageItems }),
      catchUp: createCatchUp({
        start,
        keyset: source.paging === 'keyset',
        markOf: order.markOf,
        isBehind: (item, exact) => frontier.isBehind(item, lane, exact),
        drift: drifts[lane]!,
      }),
      prefetch: prefetchDepth(options.prefetch),
      token,
      size,
      nextSize: options.sourcePageSize,
      emptyPages: limits.emptyPages,
      compare: (a, b) => order.compare(order.rankOf(a), order.rankOf(b)),
      markOf: order.markOf,
      kept: () => (start.kind === 'at' ? options.kept(source, token, size) : undefined),
      guard: (work) => guard(lane, work),
    });
  });

  const events = sources.map((_, lane): LaneEvents<T> => ({
    fed(hand, first) {
      awaited--;
      headed[lane] = true;
      tournament.feed(lane, hand.items, first);
    },
    ended() {
      awaited--;
      end(lane);
    },
    failed(failure) {
      awaited--;
      drop(lane, failure);
    },
    again() {
      wishes.push(lane);
    },
  }));

  const wish = (lane: number) => {
    headed[lane] = false;
    awaited++;
    wishes.push(lane);
  };

  const end = (lane: number) => {
    done[lane] = true;
    live--;
    tournament.end(lane);
  };

  const drop = (lane: number, failure: SourceFailure) => {
    if (onSourceFailure === 'fail') {
      fail(failure);
      return;
    }
    failures.set(lane, failure);
    live--;
    tournament.end(lane);
  };

  const fail = (error: unknown) => {
    const on = current;
    stop();
    on?.failed(error);
  };

  /** Runs what may throw: an order that a source breaks is that source's failure, all else ends the run. */
  const guard = (lane: number, work: () => void) => {
    attempt(() => {
      try {
        work();
      } catch (thrown) {
        if (!(thrown instanceof SourceOrderError)) throw thrown;
        drop(lane, thrown);
      }
    });
    turn();
  };

  const attempt = (work: () => void) => {
    try {
      work();
    } catch (thrown) {
      fail(thrown);
    }
  };

  const turn = () => {
    if (turning) return;
    turning = true;
    attempt(() => {
      while (current && step(current));
    });
    turning = false;
  };

  /** False when there is nothing to do until a source answers. */
  const step = (on: WalkEvents<T>): boolean => {
    if (wishes.length > 0) {
      const asked = wishes;
      wishes = [];
      for (const lane of asked) if (current) guard(lane, () => lanes[lane]!.next(events[lane]!));
      return true;
    }
    if (awaited > 0) {
      if (on.items) handOver(on.items);
      lookAhead();
      return false;
    }

    drain();
    if (live === 0) finish(on);
    else if (out.length < limit) goOn();
    else if (on.items) handOver(on.items);
    else if (live > 1 || spent === -1) finish(on);
    else goOn(); // whether there is more only the next page of the last source can tell
    return true;
  };

  const drain = () => {
    const before = out.length;
    try {
      spent = tournament.drain(out, limit);
    } catch (thrown) {
      if (!(thrown instanceof SourceOrderError)) throw thrown;
      drop(names.indexOf(String(thrown.source)), thrown);
    }
    if (out.length > before) frontier.advance(out.at(-1)!, tournament.latest());
    if (spent !== -1 && lanes[spent]!.hand!.next === undefined) {
      end(spent);
      spent = -1;
    }
  };

  const goOn = () => {
    if (spent !== -1) wish(spent);
    spent = -1;
  };

  const handOver = (to: (items: readonly T[]) => void) => {
    const items = out;
    out = [];
    if (items.length > 0) to(items);
  };

  const lookAhead = () => {
    if (options.prefetch === 0) return;
    for (const [lane, { hand, lookAhead }] of lanes.entries()) {
      if (hand && done[lane] !== true) lookAhead(hand.items.length - takenOf(lane, hand));
    }
  };

  const takenOf = (lane: number, hand: Hand<T>) =>
    headed[lane] === true ? tournament.position(lane) : hand.items.length;

  const placeOf = (lane: number): Place<T> => {
    const { hand } = lanes[lane]!;
    if (done[lane] === true) return { kind: 'done' };
    return hand
      ? { kind: 'reading', hand, taken: takenOf(lane, hand) }
      : { kind: 'unread', position: from.positions[lane]! };
  };

  const finish = (on: WalkEvents<T>) => {
    if (on.items) handOver(on.items);
    const items = out;
    out = [];
    current = undefined;
    lookAhead();
    deadlines.rest();
    on.done({
      items,
      failures,
      drift: takeDrift(names, drifts),
      frontier: frontier.value(),
      places: sources.map((_, lane) => placeOf(lane)),
    });
  };

  const stop = () => {
    current = undefined;
    for (const lane of lanes) lane.stop();
    deadlines.stop();
  };

  for (const [lane, isOver] of done.entries()) {
    if (isOver) end(lane);
    else wish(lane);
  }

  return {
    run(size, on) {
      current = on;
      limit = size;
      goOn();
      turn();
    },
    stop,
  };
}
