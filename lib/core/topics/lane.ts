import type { DeliveryStats, Verdict } from '../../contracts/delivery.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import type { Publication } from './publication.ts';
import { Tally, type TallyHost } from './tally.ts';
import type { Terms } from './terms.ts';
import { WaitingRoom, type WaitingRoomHost, type WaitingRoomTerms } from './waitingRoom.ts';

/** The bounds of a lane. */
export type LaneTerms<A> = WaitingRoomTerms<A> & Pick<Terms<A>, 'parkSize'>;

/** Whose lane it is, and who is told what becomes of a publication that it does not give out again. */
export type LaneHost<A> = WaitingRoomHost<A> & TallyHost<A>;

/** What waits for one subscriber, and the gate it goes through. A plain state machine: it runs nothing, and has no clock. */
export class Lane<A> {
  concurrency = 1;
  isPaused = false;
  readonly tally: Tally<A>;
  readonly room: WaitingRoom<A>;
  private readonly isKeyed: boolean;
  private offered = 0;
  private running = 0;
  private succeeded = 0;

  constructor(terms: LaneTerms<A>, host: LaneHost<A>) {
    this.isKeyed = terms.partitionKey !== undefined;
    this.tally = new Tally(terms.parkSize, host);
    this.room = new WaitingRoom(terms, host, this.tally);
  }

  /** Whether `next` may have something to give. */
  get isReady(): boolean {
    return this.isOpen && this.room.isReady;
  }

  get isEmpty(): boolean {
    return this.running === 0 && this.room.depth === 0;
  }

  account(now: number): Omit<DeliveryStats, 'retried'> {
    const { oldestSince, waiting, blocked } = this.room;
    return {
      offered: this.offered,
      succeeded: this.succeeded,
      ...this.tally.counts,
      parked: this.tally.parking.size,
      blocked,
      waiting,
      running: this.running,
      concurrency: this.concurrency,
      paused: this.isPaused,
      oldestAgeMs: oldestSince === undefined ? 0 : now - oldestSince,
    };
  }

  /** Takes a publication in that is to be run at once; only where nothing waits, and there are no keys. False where `offer` is to judge. */
  pass(): boolean {
    if (!this.isOpen) return false;
    this.offered++;
    this.running++;
    return true;
  }

  /** Takes a publication in. `accepted` says that it counts as running from now on: the caller is to run it. */
  offer(publication: Publication<A>): Verdict {
    this.offered++;
    try {
      if (!this.isOpen || !this.passes(publication)) return this.room.keep(publication);
    } catch (thrown) {
      return this.tally.refuse(publication, thrown); // partitionKey or coalesce threw
    }
    this.running++;
    return 'accepted';
  }

  /** The publication that is to be run now, and counts as running; undefined when there is none. */
  next(): Publication<A> | undefined {
    const publication = this.isOpen ? this.room.take() : undefined;
    if (publication) this.running++;
    return publication;
  }

  /** Ends a publication that was running, and is handled. */
  succeed(publication: Publication<A>): void {
    this.running--;
    this.succeeded++;
    if (this.isKeyed) this.room.release(publication);
  }

  /** Ends a publication that was running, and is not. */
  settle(publication: Publication<A>, outcome: 'failed' | 'parked' | 'discarded', error?: DeliveryError): void {
    this.running--;
    if (this.isKeyed) this.room.release(publication);
    if (outcome === 'parked') this.tally.park(publication, error);
    else this.tally.counts[outcome]++;
  }

  private get isOpen(): boolean {
    return this.running < this.concurrency && !this.isPaused;
  }

  private passes(publication: Publication<A>): boolean {
    return this.isKeyed ? this.room.admits(publication) : this.room.depth === 0; // the short way, which nearly all take
  }
}
