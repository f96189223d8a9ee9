import { OverflowError } from '../../../operators/errors.ts';
import { Fifo } from '../../../operators/internal/fifo.ts';
import type { DeliveryStats, Outcome, Verdict } from '../../contracts/delivery.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import { KeyedLine } from './keyedLine.ts';
import type { Line } from './line.ts';
import { Parking } from './parking.ts';
import { PlainLine } from './plainLine.ts';
import type { Publication } from './publication.ts';
import { Room } from './room.ts';
import type { Terms } from './terms.ts';

/** Most publications that wait for room at one subscriber: publishers that do not wait for their receipts would grow it. */
const MOST_BLOCKED = 1_024;

/** The bounds of a lane, and who is told what becomes of a publication that it does not give out again. */
export interface LaneOptions<A> extends Pick<
  Terms<A>,
  'bufferSize' | 'budget' | 'overflow' | 'coalesce' | 'partitionKey' | 'parkSize'
> {
  /** Whether a publication was made by a handler of this very lane, which would wait for itself. */
  readonly isOwn: (publication: Publication<A>) => boolean;
  readonly now: () => number;
  readonly errorOf: (publication: Publication<A>, cause: unknown) => DeliveryError;
  readonly gone: (publication: Publication<A>, outcome: Outcome, error?: DeliveryError) => void;
  /** Called when there is room in the budget for those that wait for it: `unblock` is due. */
  readonly roomMade: () => void;
}

/** The waiting line of one subscriber and its gate. A plain state machine: it runs nothing, and has no clock. */
export class Lane<A> {
  concurrency = 1;
  isPaused = false;
  running = 0;
  readonly counts = { offered: 0, succeeded: 0, failed: 0, coalesced: 0, dropped: 0, refused: 0, discarded: 0 };
  readonly parking: Parking<A>;
  private readonly options: LaneOptions<A>;
  private readonly line: Line<A>;
  private readonly room: Room;
  private readonly blocked = new Fifo<Publication<A>>();

  constructor(options: LaneOptions<A>) {
    this.options = options;
    this.line = options.partitionKey ? new KeyedLine(options.partitionKey) : new PlainLine();
    this.room = new Room(options);
    this.parking = new Parking(options.parkSize);
  }

  get isReady(): boolean {
    return this.isOpen && (this.line.isReady || this.blocked.size > 0);
  }

  get isEmpty(): boolean {
    return this.running === 0 && this.depth === 0;
  }

  /** Values that wait, those that wait for room included. */
  get depth(): number {
    return this.line.size + this.blocked.size;
  }

  /** Since when the oldest value waits, in ms of the clock. */
  get oldestSince(): number | undefined {
    return (this.line.oldest() ?? this.blocked.peek())?.waitsSince;
  }

  account(now: number): Omit<DeliveryStats, 'retried'> {
    const { oldestSince } = this;
    return {
      ...this.counts,
      parked: this.parking.size,
      blocked: this.blocked.size,
      waiting: this.line.size,
      running: this.running,
      concurrency: this.concurrency,
      paused: this.isPaused,
      oldestAgeMs: oldestSince === undefined ? 0 : now - oldestSince,
    };
  }

  /** Takes a publication in. `accepted` says that it counts as running from now on: the caller is to run it. */
  offer(publication: Publication<A>): Verdict {
    this.counts.offered++;
    try {
      return this.admit(publication) ? 'accepted' : this.keep(publication);
    } catch (thrown) {
      return this.refuse(publication, thrown); // partitionKey or coalesce threw
    }
  }

  /** The publication that is to be run now, and counts as running; undefined when there is none. */
  next(): Publication<A> | undefined {
    if (!this.isOpen) return undefined;
    if (!this.line.isReady) return this.admitBlocked();
    this.running++;
    const publication = this.line.take();
    this.room.leave();
    this.unblock();
    return publication;
  }

  /** Ends a publication that was running. */
  settle(
    publication: Publication<A>,
    outcome: 'succeeded' | 'failed' | 'parked' | 'discarded',
    error?: DeliveryError,
  ): void {
    this.running--;
    this.line.release(publication);
    if (outcome === 'parked') this.park(publication, error);
    else this.counts[outcome]++;
  }

  /** Discards what waits. What runs is the caller's to end. */
  clear(): void {
    this.room.forget(this.options.roomMade);
    while (this.blocked.size > 0) this.lose(this.takeBlocked(), 'discarded');
    while (this.line.size > 0) {
      const publication = this.line.removeOldest();
      this.room.leave();
      this.lose(publication, 'discarded');
    }
  }

  /** Takes the values that were parked back in, as far as there is room. How many. */
  redrive(): number {
    let count = 0;
    for (; this.parking.size > 0 && this.room.enter(); count++) this.wait(this.parking.take());
    return count;
  }

  /** Lets those that wait for room into the line, as far as there is any. */
  unblock(): void {
    while (this.blocked.size > 0) {
      if (!this.room.enter()) {
        this.room.wait(this.options.roomMade);
        return;
      }
      this.wait(this.takeBlocked());
    }
  }

  private get isOpen(): boolean {
    return this.running < this.concurrency && !this.isPaused;
  }

  private admit(publication: Publication<A>): boolean {
    const isAdmitted = this.isOpen && this.blocked.size === 0 && this.line.admits(publication);
    if (isAdmitted) this.running++;
    return isAdmitted;
  }

  private keep(publication: Publication<A>): Verdict {
    const { bufferSize, overflow } = this.options;
    if (this.blocked.size === 0 && this.room.enter()) return this.wait(publication);
    if (overflow === 'block') return this.block(publication);
    if (overflow === 'error') return this.refuse(publication, new OverflowError('deliver', bufferSize));
    if (overflow === 'park') return this.park(publication);
    if (overflow === 'coalesce' && this.merge(publication)) return 'coalesced';
    if (overflow === 'dropNewest' || this.line.size === 0) return this.lose(publication, 'dropped');
    this.push(publication); // first, for it may throw
    this.lose(this.line.removeOldest(), 'dropped');
    return 'buffered';
  }

  /** Puts a publication into the room that was taken for it. */
  private wait(publication: Publication<A>): Verdict {
    try {
      this.push(publication);
      return 'buffered';
    } catch (thrown) {
      this.room.leave();
      return this.refuse(publication, thrown);
    }
  }

  private push(publication: Publication<A>): void {
    if (publication.waitsSince < 0) publication.waitsSince = this.options.now();
    this.line.push(publication);
  }

  private block(publication: Publication<A>): Verdict {
    const { isOwn, bufferSize, roomMade } = this.options;
    if (isOwn(publication) || this.blocked.size >= MOST_BLOCKED) {
      return this.refuse(publication, new OverflowError('deliver', bufferSize));
    }
    if (publication.waitsSince < 0) publication.waitsSince = this.options.now();
    this.blocked.push(publication);
    this.room.wait(roomMade);
    return 'blocked';
  }

  private merge(incoming: Publication<A>): boolean {
    const { coalesce } = this.options;
    const absorbed = this.line.replaceNewest(
      (waiting) => incoming.with(coalesce(waiting.value, incoming.value), waiting.waitsSince),
      incoming,
    );
    if (absorbed) this.lose(absorbed, 'coalesced');
    return absorbed !== undefined;
  }

  private park(publication: Publication<A>, error?: DeliveryError): 'parked' {
    const pushedOut = this.parking.put(publication);
    this.options.gone(publication, 'parked', error);
    if (pushedOut) this.lose(pushedOut, 'dropped');
    return 'parked';
  }

  private refuse(publication: Publication<A>, cause: unknown): 'refused' {
    this.counts.refused++;
    this.options.gone(publication, 'refused', this.options.errorOf(publication, cause));
    return 'refused';
  }

  private lose<O extends 'coalesced' | 'dropped' | 'discarded'>(publication: Publication<A>, outcome: O): O {
    this.counts[outcome]++;
    this.options.gone(publication, outcome);
    return outcome;
  }

  /** Without room of its own, one that is blocked starts as soon as it may. */
  private admitBlocked(): Publication<A> | undefined {
    const first = this.blocked.peek();
    if (!first || !this.line.admits(first)) return undefined;
    this.running++;
    return this.takeBlocked();
  }

  private takeBlocked(): Publication<A> {
    const publication = this.blocked.shift();
    publication.receipt?.taken();
    return publication;
  }
}
