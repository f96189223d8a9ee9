import { enroll } from '../../../operators/internal/inspector.ts';
import { Deadlines } from './deadlines.ts';
import { Drifts } from './drift.ts';
import { FrontierKeeper } from './frontier.ts';
import { Lineup } from './lineup.ts';
import type { Stretch } from './stretch.ts';
import type { WalkOptions } from './walkOptions.ts';
import { walkPart } from './walkPart.ts';

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
  readonly run: (size: number, on: WalkEvents<T>) => void;
  /** Cancels the run and every call under way. */
  readonly stop: () => void;
}

/**
 * Asks the sources when the smallest item is not known, drains the lineup when it is. Everything happens in `turn`, which
 * never calls itself, however synchronous the sources are.
 */
export function createWalk<T, Q>(options: WalkOptions<T, Q>): Walk<T> {
  const { sources, order, from, prefetch } = options;
  const deadlines = new Deadlines(options.timeoutMs);
  const frontier = new FrontierKeeper(order, from.frontier);
  const drifts = new Drifts(sources.map(({ name }) => name));
  let current: WalkEvents<T> | undefined;
  let out: T[] = [];
  let limit = 0;
  let turning = false;

  const stop = () => {
    current = undefined;
    leave?.();
    lineup.stop();
    deadlines.stop();
  };

  const fail = (error: unknown) => {
    const on = current;
    stop();
    on?.failed(error);
  };

  const turn = () => {
    if (turning) return;
    turning = true;
    try {
      while (current && step(current));
    } catch (thrown) {
      fail(thrown);
    }
    turning = false;
  };

  const lineup = new Lineup({ ...options, frontier, drifts, deadlines, failed: fail, settled: turn });

  const isAwaited = (_: unknown, lane: number) => lineup.isHeaded[lane] === 0 && !lineup.roster.isOut(lane);
  const awaited = () => (current ? lineup.lanes.filter(isAwaited) : []);
  const leave = enroll({ name: options.name, lanes: lineup.lanes, awaited }, walkPart<T>);

  /** False when there is nothing to do until a source answers. */
  const step = (on: WalkEvents<T>): boolean => {
    if (lineup.ask()) return true;
    if (lineup.awaited > 0) {
      if (prefetch > 0) lineup.lookAhead();
      return false;
    }

    lineup.drain(out, limit);
    if (on.items) handOver(on.items);
    // When only a source that ran out is left, its next page must tell whether there is more.
    const isFull = out.length === limit && (lineup.roster.live > 1 || !lineup.isSpent());
    if (isFull || lineup.roster.live === 0) finish(on);
    else lineup.refill();
    return true;
  };

  const handOver = (to: (items: readonly T[]) => void) => {
    const items = out;
    out = [];
    if (items.length > 0) to(items);
  };

  const finish = (on: WalkEvents<T>) => {
    const items = out;
    out = [];
    current = undefined;
    if (prefetch > 0) lineup.lookAhead();
    deadlines.rest();
    on.done({
      items,
      failures: lineup.roster.failures,
      drift: drifts.take(),
      frontier: frontier.value(),
      isExhausted: lineup.roster.isExhausted(),
      places: lineup.placesNow(),
    });
  };

  return {
    run(size, on) {
      current = on;
      limit = size;
      lineup.refill();
      turn();
    },
    stop,
  };
}
