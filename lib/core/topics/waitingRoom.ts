import { OverflowError } from '../../../operators/errors.ts';
import type { Began } from '../../../operators/internal/turn.ts';
import type { Verdict } from '../../contracts/delivery.ts';
import { Aside } from './aside.ts';
import type { Line } from './line.ts';
import { lineOf } from './lineOf.ts';
import type { Publication } from './publication.ts';
import { Room } from './room.ts';
import type { Tally } from './tally.ts';
import type { Terms } from './terms.ts';

/** The bounds of a {@link WaitingRoom}. */
export type WaitingRoomTerms<A> = Pick<
  Terms<A>,
  'bufferSize' | 'bufferSizePerKey' | 'budget' | 'overflow' | 'coalesce' | 'partitionKey'
>;

/** Whose {@link WaitingRoom} it is. */
export interface WaitingRoomHost<A> {
  /** Whether a publication was made by a handler of this very subscriber, which would wait for itself. */
  readonly isOwn: (publication: Publication<A>) => boolean;
  readonly now: () => Began;
  /** Called when there is room in the budget for those that wait for it: `unblock` is due. */
  readonly roomMade: () => void;
}

/** What waits for one subscriber, what waits for room beside it, and what becomes of a publication that finds none. */
export class WaitingRoom<A> {
  private readonly terms: WaitingRoomTerms<A>;
  private readonly host: WaitingRoomHost<A>;
  private readonly tally: Tally<A>;
  readonly line: Line<A>;
  private readonly room: Room;
  private readonly aside = new Aside<A>();

  constructor(terms: WaitingRoomTerms<A>, host: WaitingRoomHost<A>, tally: Tally<A>) {
    this.terms = terms;
    this.host = host;
    this.tally = tally;
    this.line = lineOf(terms);
    this.room = new Room(terms);
  }

  get waiting(): number {
    return this.line.size;
  }

  /** Those that wait for room. */
  get blocked(): number {
    return this.aside.size;
  }

  get depth(): number {
    return this.line.size + this.aside.size;
  }

  /** Whether `take` may have something to give. */
  get isReady(): boolean {
    return this.line.isReady || this.aside.size > 0;
  }

  /** Since when the oldest one waits, in ms of the clock. */
  get oldestSince(): number | undefined {
    return (this.line.oldest() ?? this.aside.first())?.waits?.startedAt;
  }

  /** Whether a publication may pass without waiting. Its key is then taken. */
  admits(publication: Publication<A>): boolean {
    return this.aside.size === 0 && this.line.admits(publication);
  }

  /** Takes what is next, and its key. */
  take(): Publication<A> | undefined {
    if (!this.line.isReady) return this.aside.takeFrom(this.line, this.tally);
    const publication = this.line.take();
    this.room.leave();
    if (this.aside.size > 0) this.unblock();
    return publication;
  }

  /** Gives the key of one that was taken or admitted back. */
  release(publication: Publication<A>): void {
    this.line.release(publication);
  }

  /** Lets a publication wait, or does with it what was declared for when there is no room. */
  keep(publication: Publication<A>): Verdict {
    const { bufferSize, bufferSizePerKey, overflow } = this.terms;
    const { tally, line } = this;
    const isKeyFull = line.isFullFor(publication);
    const most = isKeyFull ? bufferSizePerKey : bufferSize;
    if (!isKeyFull && !this.aside.isBefore(publication, this.line) && this.room.enter()) return this.wait(publication);
    if (overflow === 'block') return this.block(publication);
    if (overflow === 'error') return tally.refuse(publication, new OverflowError('deliver', most));
    if (overflow === 'park') return tally.park(publication);
    if (overflow === 'coalesce' && this.merge(publication)) return 'coalesced';
    if (overflow === 'dropNewest' || line.size === 0 || most === 0) return tally.lose(publication, 'dropped');
    this.push(publication); // first, for it may throw
    tally.lose(line.removeOldest(isKeyFull ? publication : undefined), 'dropped');
    return 'buffered';
  }

  /** Discards all. */
  clear(): void {
    this.room.forget(this.host.roomMade);
    for (const publication of this.aside.all()) this.tally.lose(this.aside.leave(publication), 'discarded');
    while (this.line.size > 0) {
      const publication = this.line.removeOldest();
      this.room.leave();
      this.tally.lose(publication, 'discarded');
    }
  }

  /** Takes the values that were parked back in, as far as there is room. How many. */
  redrive(): number {
    const { parking } = this.tally;
    let count = 0;
    for (; parking.size > 0 && this.room.enter(); count++) this.wait(parking.take());
    return count;
  }

  /** Lets those that wait for room into the line, as far as there is any. */
  unblock(): void {
    for (const publication of this.aside.all()) {
      if (this.line.isFullFor(publication)) continue; // those of other keys need not wait for it
      if (!this.room.enter()) {
        this.room.wait(this.host.roomMade);
        return;
      }
      this.wait(this.aside.leave(publication));
    }
  }

  /** Puts a publication into the room that was taken for it. */
  private wait(publication: Publication<A>): Verdict {
    try {
      this.push(publication);
      return 'buffered';
    } catch (thrown) {
      this.room.leave();
      return this.tally.refuse(publication, thrown);
    }
  }

  private push(publication: Publication<A>): void {
    publication.waits ??= this.host.now();
    this.line.push(publication);
  }

  private block(publication: Publication<A>): Verdict {
    if (this.host.isOwn(publication) || this.aside.isFull) {
      return this.tally.refuse(publication, new OverflowError('deliver', this.terms.bufferSize));
    }
    publication.waits ??= this.host.now();
    this.aside.add(publication);
    this.room.wait(this.host.roomMade);
    return 'blocked';
  }

  private merge(incoming: Publication<A>): boolean {
    const absorbed = this.line.replaceNewest(
      (waiting) => incoming.with(this.terms.coalesce(waiting.value, incoming.value), waiting.waits),
      incoming,
    );
    if (absorbed) this.tally.lose(absorbed, 'coalesced');
    return absorbed !== undefined;
  }
}
