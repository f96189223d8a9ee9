import { OverflowError } from '../../../operators/errors.ts';
import type { DeliveryStats, Verdict } from '../../contracts/delivery.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import { KeyedLine } from './keyedLine.ts';
import type { Line } from './line.ts';
import { PlainLine } from './plainLine.ts';
import type { Publication } from './publication.ts';
import { Room } from './room.ts';
import { Tally, type TallyOptions } from './tally.ts';
import type { Terms } from './terms.ts';

/** Most publications that wait for room at one subscriber: publishers that do not wait for their receipts would grow it. */
const MOST_BLOCKED = 1_024;

/** The bounds of a lane, and who is told what becomes of a publication that it does not give out again. */
export interface LaneOptions<A>
  extends
    TallyOptions<A>,
    Pick<Terms<A>, 'bufferSize' | 'bufferSizePerKey' | 'budget' | 'overflow' | 'coalesce' | 'partitionKey'> {
  /** Whether a publication was made by a handler of this very lane, which would wait for itself. */
  readonly isOwn: (publication: Publication<A>) => boolean;
  readonly now: () => number;
  /** Called when there is room in the budget for those that wait for it: `unblock` is due. */
  readonly roomMade: () => void;
}

/** The waiting line of one subscriber and its gate. A plain state machine: it runs nothing, and has no clock. */
export class Lane<A> {
  concurrency = 1;
  isPaused = false;
  running = 0;
  offered = 0;
  succeeded = 0;
  readonly tally: Tally<A>;
  private readonly options: LaneOptions<A>;
  private readonly isKeyed: boolean;
  private readonly line: Line<A>;
  private readonly room: Room;
  private readonly blocked = new Set<Publication<A>>(); // in the order they came

  constructor(options: LaneOptions<A>) {
    this.options = options;
    const { partitionKey, bufferSizePerKey } = options;
    this.isKeyed = partitionKey !== undefined;
    this.line = partitionKey ? new KeyedLine(partitionKey, bufferSizePerKey) : new PlainLine();
    this.room = new Room(options);
    this.tally = new Tally(options);
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
    return (this.line.oldest() ?? this.blocked.values().next().value)?.waitsSince;
  }

  account(now: number): Omit<DeliveryStats, 'retried'> {
    const { oldestSince } = this;
    return {
      offered: this.offered,
      succeeded: this.succeeded,
      ...this.tally.counts,
      parked: this.tally.parking.size,
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
    this.offered++;
    if (!this.isKeyed && this.depth === 0 && this.isOpen) {
      this.running++; // the short way, which nearly all take
      return 'accepted';
    }
    try {
      return this.admit(publication) ? 'accepted' : this.keep(publication);
    } catch (thrown) {
      return this.tally.refuse(publication, thrown); // partitionKey or coalesce threw
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

  /** Ends a publication that was running, and is handled. */
  succeed(publication: Publication<A>): void {
    this.running--;
    this.succeeded++;
    if (this.isKeyed) this.line.release(publication);
  }

  /** Ends a publication that was running, and is not. */
  settle(publication: Publication<A>, outcome: 'failed' | 'parked' | 'discarded', error?: DeliveryError): void {
    this.running--;
    if (this.isKeyed) this.line.release(publication);
    if (outcome === 'parked') this.tally.park(publication, error);
    else this.tally.counts[outcome]++;
  }

  /** Discards what waits. What runs is the caller's to end. */
  clear(): void {
    this.room.forget(this.options.roomMade);
    for (const publication of this.blocked) {
      this.taken(publication);
      this.tally.lose(publication, 'discarded');
    }
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
    for (const publication of this.blocked) {
      if (this.line.isFullFor(publication)) continue; // others need not wait for its key
      if (!this.room.enter()) {
        this.room.wait(this.options.roomMade);
        return;
      }
      this.blocked.delete(publication);
      this.wait(publication);
      publication.receipt?.taken(); // last, for whoever hears it may publish the next one
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
    const { bufferSize, bufferSizePerKey, overflow } = this.options;
    const isKeyFull = this.line.isFullFor(publication);
    if (!isKeyFull && !this.isBehind(publication) && this.room.enter()) return this.wait(publication);
    if (overflow === 'block') return this.block(publication);
    const most = isKeyFull ? bufferSizePerKey : bufferSize;
    if (overflow === 'error') return this.tally.refuse(publication, new OverflowError('deliver', most));
    if (overflow === 'park') return this.tally.park(publication);
    if (overflow === 'coalesce' && this.merge(publication)) return 'coalesced';
    if (overflow === 'dropNewest' || this.line.size === 0 || most === 0) return this.tally.lose(publication, 'dropped');
    this.push(publication); // first, for it may throw
    this.tally.lose(this.line.removeOldest(isKeyFull ? publication : undefined), 'dropped');
    return 'buffered';
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
    publication.waitsSince ||= this.options.now();
    this.line.push(publication);
  }

  private block(publication: Publication<A>): Verdict {
    const { isOwn, bufferSize, now, roomMade } = this.options;
    if (isOwn(publication) || this.blocked.size >= MOST_BLOCKED) {
      return this.tally.refuse(publication, new OverflowError('deliver', bufferSize));
    }
    publication.waitsSince ||= now();
    this.blocked.add(publication);
    this.room.wait(roomMade);
    return 'blocked';
  }

  private merge(incoming: Publication<A>): boolean {
    const { coalesce } = this.options;
    const absorbed = this.line.replaceNewest(
      (waiting) => incoming.with(coalesce(waiting.value, incoming.value), waiting.waitsSince),
      incoming,
    );
    if (absorbed) this.tally.lose(absorbed, 'coalesced');
    return absorbed !== undefined;
  }

  /** Without room of its own, one that is blocked starts as soon as it may. */
  private admitBlocked(): Publication<A> | undefined {
    for (const publication of this.blocked) {
      if (!this.line.admits(publication)) continue;
      this.running++;
      this.taken(publication);
      return publication;
    }
    return undefined;
  }

  /** Whether one that it must not overtake waits for room. */
  private isBehind(publication: Publication<A>): boolean {
    for (const blocked of this.blocked) if (this.line.isSameKey(blocked, publication)) return true;
    return false;
  }

  private taken(publication: Publication<A>): void {
    this.blocked.delete(publication);
    publication.receipt?.taken();
  }
}
