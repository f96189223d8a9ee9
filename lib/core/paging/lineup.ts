import { SourceOrderError } from '../../../operators/errors.ts';
import { Tournament } from '../../../operators/internal/tournament.ts';
import type { SourceFailure } from '../../contracts/sourceFailure.ts';
import type { Lane } from './lane.ts';
import type { LaneEvents } from './laneEvents.ts';
import { createLanes, type LanesOptions } from './lanes.ts';
import { LookAhead } from './lookAhead.ts';
import { Places } from './places.ts';
import { Roster } from './roster.ts';
import type { Hand } from './sourceReader.ts';
import type { Place } from './stretch.ts';

/** What a {@link Lineup} needs besides its lanes. */
export interface LineupOptions<T, Q> extends Omit<LanesOptions<T, Q>, 'on' | 'readAhead'> {
  /** Takes the failure of a source that may not be omitted, and what the comparator or the key throws. */
  readonly failed: (error: unknown) => void;
  /** Called when a source has settled. */
  readonly settled: () => void;
}

/** The lanes of a walk and their tournament: who has shown a head, who must be asked, who is out. */
export class Lineup<T, Q> implements LaneEvents<T> {
  readonly roster: Roster;
  /** How many sources have yet to show a head: until this is 0 the smallest item is not known. */
  awaited = 0;
  private readonly options: LineupOptions<T, Q>;
  private readonly names: readonly string[];
  readonly isHeaded: Uint8Array; // whether the tournament was given the page in hand
  private readonly tournament: Tournament<T, unknown>;
  readonly lanes: readonly Lane<T>[];
  private readonly places: Places<T>;
  private readonly ahead: LookAhead<T>;
  private wishes: number[] = []; // the awaited ones that are still to be asked
  private spent = -1;
  private looked = false; // whether nothing was taken since all lanes looked ahead

  constructor(options: LineupOptions<T, Q>) {
    const { sources, order, from } = options;
    this.options = options;
    this.names = sources.map(({ name }) => name);
    this.roster = new Roster(sources.length);
    this.isHeaded = new Uint8Array(sources.length);
    this.tournament = new Tournament<T, unknown>({
      lanes: sources.length,
      rank: order.rankOf,
      before: order.before,
      onUnsorted: 'error',
      nameOf: (lane) => this.names[lane]!,
    });
    this.lanes = createLanes({ ...options, on: this, readAhead: (lane) => this.ahead.of(lane) });
    this.places = new Places(from.positions.map((position) => ({ kind: 'unread', position })));
    this.ahead = new LookAhead({
      lanes: this.lanes,
      order,
      roster: this.roster,
      leftOf: (lane, hand) => hand.items.length - this.takenOf(lane, hand),
      isWaiting: () => this.awaited > 0,
      failed: options.failed,
    });
    for (const [lane, { kind }] of from.positions.entries()) {
      if (kind === 'done') this.end(lane);
      else this.wish(lane);
    }
  }

  /** True when a source has used up its page and was not asked for the next one. */
  isSpent(): boolean {
    return this.spent !== -1;
  }

  /** Wishes for more from the source that has used up its page. */
  refill(): void {
    if (this.spent !== -1) this.wish(this.spent);
    this.spent = -1;
  }

  /** Asks the sources that are wished for. False when there are none. */
  ask(): boolean {
    if (this.wishes.length === 0) return false;
    const asked = this.wishes;
    this.wishes = [];
    for (const lane of asked) this.lanes[lane]!.next();
    return true;
  }

  /** Moves items to `out`, smallest first, until it holds `limit`, or a source has used up its page. */
  drain(out: T[], limit: number): void {
    const { tournament } = this;
    const before = out.length;
    this.looked = false;
    try {
      this.spent = tournament.drain(out, limit);
    } catch (thrown) {
      const source = thrown instanceof SourceOrderError ? thrown.source : undefined;
      this.thrown(this.names.indexOf(String(source)), thrown);
    }
    if (out.length > before) this.options.frontier.advance(out[out.length - 1]!, tournament.latest());
    if (this.spent === -1 || this.lanes[this.spent]!.hand?.next !== undefined) return;
    this.end(this.spent);
    this.spent = -1;
  }

  /** Lets the lanes read ahead that have given something, and when the walk stands still the one that leads. */
  lookAhead(): void {
    for (const lane of this.tournament.taken()) {
      this.places.move(lane);
      this.ahead.after(lane, this.tournament.position(lane));
    }
    if (!this.looked && this.awaited > 0) this.ahead.ofLeader();
    this.looked = true;
  }

  /** Where every source stands now, for whenever that is asked for. */
  placesNow(): () => readonly Place<T>[] {
    for (const lane of this.tournament.taken()) this.places.move(lane);
    return this.places.settle((lane) => this.placeOf(lane));
  }

  stop(): void {
    this.wishes = [];
    for (const { queue } of this.lanes) queue.stop();
  }

  fed(lane: number, hand: Hand<T>, from: number): void {
    this.awaited--;
    this.isHeaded[lane] = 1;
    this.places.move(lane);
    this.tournament.feed(lane, hand.items, from);
    if (this.options.prefetch > 0) this.ahead.of(lane);
  }

  settled(): void {
    this.options.settled();
  }

  ended(lane: number): void {
    this.awaited--;
    this.end(lane);
  }

  failed(lane: number, failure: SourceFailure): void {
    this.awaited--;
    this.drop(lane, failure);
  }

  again(lane: number): void {
    this.places.move(lane);
    this.wishes.push(lane);
  }

  /** An order that a source breaks is that source's failure, whatever else is thrown is not. */
  thrown(lane: number, error: unknown): void {
    try {
      if (!(error instanceof SourceOrderError)) throw error;
      this.drop(lane, error);
    } catch (fatal) {
      this.options.failed(fatal);
    }
  }

  private wish(lane: number): void {
    this.isHeaded[lane] = 0;
    this.awaited++;
    this.wishes.push(lane);
  }

  private end(lane: number): void {
    this.roster.end(lane);
    this.leave(lane);
  }

  private drop(lane: number, failure: SourceFailure): void {
    if (this.options.onSourceFailure === 'fail') {
      this.options.failed(failure);
      return;
    }
    this.roster.fail(lane, failure);
    this.leave(lane);
  }

  private leave(lane: number): void {
    this.places.move(lane);
    this.tournament.end(lane);
  }

  private takenOf(lane: number, { items }: Hand<T>): number {
    return this.isHeaded[lane] === 1 ? this.tournament.position(lane) : items.length;
  }

  private placeOf(lane: number): Place<T> {
    const { hand } = this.lanes[lane]!;
    if (this.roster.isDone(lane)) return { kind: 'done' };
    return hand
      ? { kind: 'reading', hand, taken: this.takenOf(lane, hand) }
      : { kind: 'unread', position: this.options.from.positions[lane]! };
  }
}
