import { SourceOrderError } from '../../../operators/errors.ts';
import { createTournament } from '../../../operators/internal/tournament.ts';
import type { SourceFailure } from '../../contracts/sourceFailure.ts';
import { createLanes, type LanesOptions } from './lanes.ts';
import { createLookAhead } from './lookAhead.ts';
import type { Hand } from './sourceReader.ts';
import type { Place } from './stretch.ts';

/** What a {@link Lineup} needs besides its lanes. */
export interface LineupOptions<T, Q> extends Omit<LanesOptions<T, Q>, 'eventsOf' | 'readAhead'> {
  /** Takes the failure of a source that may not be omitted, and what the comparator or the key throws. */
  readonly failed: (error: unknown) => void;
  /** Called when a source has settled. */
  readonly settled: () => void;
}

/** The lanes of a walk and their tournament: who has shown a head, who must be asked, who is out. */
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
  const { sources, order, from, frontier, onSourceFailure, prefetch, failed, settled } = options;
  const failures = new Map<number, SourceFailure>();
  const names = sources.map(({ name }) => name);
  const done = sources.map(() => false);
  const headed = sources.map(() => false); // whether the tournament was given the page in hand
  let live = sources.length;
  let awaited = 0;
  let wishes: number[] = []; // the awaited ones that are still to be asked
  let spent = -1;
  let looked = false; // whether nothing was taken since all lanes looked ahead

  const tournament = createTournament<T, unknown>({
    lanes: sources.length,
    rank: order.rankOf,
    before: order.before,
    onUnsorted: 'error',
    nameOf: (lane) => names[lane]!,
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
    if (onSourceFailure === 'fail') {
      failed(failure);
      return;
    }
    failures.set(lane, failure);
    live--;
    tournament.end(lane);
  };

  /** An order that a source breaks is that source's failure, whatever else is thrown is not. */
  const rescue = (lane: number, thrown: unknown) => {
    try {
      if (!(thrown instanceof SourceOrderError)) throw thrown;
      drop(lane, thrown);
    } catch (fatal) {
      failed(fatal);
    }
  };

  const lanes = createLanes({
    ...options,
    readAhead: (lane) => lookAhead(lane),
    eventsOf: (lane) => ({
      fed(hand, first) {
        awaited--;
        headed[lane] = true;
        tournament.feed(lane, hand.items, first);
        if (prefetch > 0) lookAhead(lane);
      },
      ended() {
        awaited--;
        end(lane);
      },
      failed(failure) {
        awaited--;
        drop(lane, failure);
      },
      again: () => wishes.push(lane),
      thrown: (error) => rescue(lane, error),
      settled,
    }),
  });

  const takenOf = (lane: number, { items }: Hand<T>) => (headed[lane] ? tournament.position(lane) : items.length);

  const lookAhead = createLookAhead({
    lanes,
    order,
    isDone: (lane) => done[lane]!,
    leftOf: (lane, hand) => hand.items.length - takenOf(lane, hand),
    isWaiting: () => awaited > 0,
    failed,
  });

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
      for (const lane of asked) lanes[lane]!.lane.next();
      return asked.length > 0;
    },

    drain(out, limit) {
      const before = out.length;
      looked = false;
      try {
        spent = tournament.drain(out, limit);
      } catch (thrown) {
        const source = thrown instanceof SourceOrderError ? thrown.source : undefined;
        rescue(names.indexOf(String(source)), thrown);
      }
      if (out.length > before) frontier.advance(out.at(-1)!, tournament.latest());
      if (spent === -1 || lanes[spent]!.lane.hand()?.next !== undefined) return;
      end(spent);
      spent = -1;
    },

    lookAhead() {
      if (!looked) for (let lane = 0; lane < lanes.length; lane++) lookAhead(lane);
      looked = true;
    },

    places: () =>
      lanes.map(({ lane }, index): Place<T> => {
        const hand = lane.hand();
        if (done[index]) return { kind: 'done' };
        return hand
          ? { kind: 'reading', hand, taken: takenOf(index, hand) }
          : { kind: 'unread', position: from.positions[index]! };
      }),

    stop() {
      wishes = [];
      for (const { queue } of lanes) queue.stop();
    },
  };
}
