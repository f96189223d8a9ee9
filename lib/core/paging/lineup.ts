import { SourceOrderError } from '../../../operators/errors.ts';
import { createTournament } from '../../../operators/internal/tournament.ts';
import type { SourceFailure } from '../../contracts/sourceFailure.ts';
import type { LaneEvents } from './lane.ts';
import { createLanes, type LanesOptions } from './lanes.ts';
import type { Hand } from './sourceReader.ts';
import type { Place } from './stretch.ts';

/** What a {@link Lineup} needs besides its lanes. */
export interface LineupOptions<T, Q> extends Omit<LanesOptions<T, Q>, 'guard'> {
  /** Runs what a page that came sets off, and then whatever has become possible by it. */
  readonly arrive: (work: () => void) => void;
}

/**
 * The lanes of a walk and their tournament: who has shown a head, who must be asked, who is out. What it does may throw:
 * the failure of a source that may not be omitted, or of the comparator.
 */
export interface Lineup<T> {
  /** How many sources may have more to give. */
  readonly live: () => number;
  /** How many of them have yet to show a head: until this is 0 the smallest item is not known. */
  readonly awaited: () => number;
  /** True when a source has used up its page and was not asked for the next one. */
  readonly isSpent: () => boolean;
  /** The sources left out, by index. */
  readonly failures: ReadonlyMap<number, SourceFailure>;
  /** Wishes for more from the source that has used up its page. */
  readonly refill: () => void;
  /** Asks the sources that are wished for. False when there are none. */
  readonly ask: () => boolean;
  /** Moves items to `out`, smallest first, until it holds `limit`, or a source has used up its page. */
  readonly drain: (out: T[], limit: number) => void;
  readonly lookAhead: () => void;
  readonly places: () => readonly Place<T>[];
  readonly stop: () => void;
}

export function createLineup<T, Q>(options: LineupOptions<T, Q>): Lineup<T> {
  const { sources, order, from, frontier, onSourceFailure, arrive } = options;
  const failures = new Map<number, SourceFailure>();
  const done = sources.map(() => false);
  const headed = sources.map(() => false); // whether the tournament was given the page in hand
  let live = sources.length;
  let awaited = 0;
  let wishes: number[] = []; // the awaited ones that are still to be asked
  let spent = -1;

  const tournament = createTournament<T, unknown>({
    lanes: sources.length,
    rank: order.rankOf,
    compare: order.compare,
    onUnsorted: 'error',
    nameOf: (lane) => sources[lane]!.name,
  });

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
    if (onSourceFailure === 'fail') throw failure;
    failures.set(lane, failure);
    live--;
    tournament.end(lane);
  };

  /** An order that a source breaks is that source's failure, whatever else is thrown is not. */
  const guard = (laneOf: (error: SourceOrderError) => number, work: () => void) => {
    try {
      work();
    } catch (thrown) {
      if (!(thrown instanceof SourceOrderError)) throw thrown;
      drop(laneOf(thrown), thrown);
    }
  };

  const lanes = createLanes({ ...options, guard: (lane, work) => arrive(() => guard(() => lane, work)) });
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

  const takenOf = (lane: number, { items }: Hand<T>) => (headed[lane] ? tournament.position(lane) : items.length);

  for (const [lane, { kind }] of from.positions.entries()) {
    if (kind === 'done') end(lane);
    else wish(lane);
  }

  return {
    live: () => live,
    awaited: () => awaited,
    isSpent: () => spent !== -1,
    failures,

    refill() {
      if (spent !== -1) wish(spent);
      spent = -1;
    },

    ask() {
      const asked = wishes;
      wishes = [];
      for (const lane of asked) {
        guard(
          () => lane,
          () => lanes[lane]!.lane.next(events[lane]!),
        );
      }
      return asked.length > 0;
    },

    drain(out, limit) {
      const before = out.length;
      guard(
        ({ source }) => sources.findIndex(({ name }) => name === source),
        () => (spent = tournament.drain(out, limit)),
      );
      if (out.length > before) frontier.advance(out.at(-1)!, tournament.latest());
      if (spent === -1 || lanes[spent]!.lane.hand?.next !== undefined) return;
      end(spent);
      spent = -1;
    },

    lookAhead() {
      for (const [index, { lane, queue }] of lanes.entries()) {
        if (lane.hand && !done[index]) queue.lookAhead(lane.hand.items.length - takenOf(index, lane.hand));
      }
    },

    places: () =>
      lanes.map(({ lane: { hand } }, lane): Place<T> => {
        if (done[lane]) return { kind: 'done' };
        return hand
          ? { kind: 'reading', hand, taken: takenOf(lane, hand) }
          : { kind: 'unread', position: from.positions[lane]! };
      }),

    stop() {
      wishes = [];
      for (const { queue } of lanes) queue.stop();
    },
  };
}
