import { asyncScheduler, Subscription, type Unsubscribable } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import { later } from '../../../operators/internal/carrier.ts';
import { Linked, type Link } from '../topics/linked.ts';
import type { RateBucket } from './rateBucket.ts';

/** What a {@link RateLine} lets through, and how long it holds the rest. */
export interface RateLineOptions {
  readonly bucket: RateBucket;
  readonly perSecond: number;
  readonly maxDelayMs: number;
  readonly maxWaiting: number;
}

/** The place of one receiver in the line of its tenant. */
export interface Seat {
  /** The receiver, as traces call it. */
  readonly name: string;
  readonly waiting: Linked<Ticket>;
  /** Its place among those with somebody waiting. */
  turn: Link<Seat> | undefined;
}

/** Takes when there may be room again, in ms; nothing when there never will be, for the receiver is closed. */
type Refused = (retryAfterMs?: number) => void;

interface Ticket {
  readonly seat: Seat;
  readonly dueAt: number;
  readonly admitted: () => void;
  readonly refused: Refused;
  ofSeat: Link<Ticket> | undefined;
  ofAll: Link<Ticket> | undefined;
}

/** Timers are late by a part of this, for they have whole ms; the rate must not suffer. */
const TIMER_MS = 1;

/** The events of one tenant that wait for its rate limit: receivers take turns, and have an equal share of the places. */
export class RateLine {
  private readonly options: RateLineOptions;
  private readonly all = new Linked<Ticket>(); // in the order they came, which is the order they are due in
  private readonly turns = new Linked<Seat>();
  private seats = 0;
  private watch: Subscription | undefined = undefined;

  constructor(options: RateLineOptions) {
    this.options = options;
  }

  get perSecond(): number {
    return this.options.perSecond;
  }

  get isIdle(): boolean {
    return this.seats === 0 && this.options.bucket.isFull(asyncScheduler.now());
  }

  join(name: string): Seat {
    this.seats++;
    return { name, waiting: new Linked(), turn: undefined };
  }

  /** Gives up a place, and refuses who waits there. */
  leave(seat: Seat): void {
    this.seats--;
    while (seat.waiting.first) {
      const { value } = seat.waiting.first;
      this.remove(value);
      value.refused();
    }
  }

  /** Lets one through now or later, or refuses it, now or later; not at all when it is unsubscribed before. */
  enter(seat: Seat, go: () => void, refused: Refused): Unsubscribable {
    const { bucket, maxDelayMs } = this.options;
    const now = asyncScheduler.now();
    if (this.all.size === 0 && bucket.take(now)) {
      go();
      return Subscription.EMPTY;
    }
    // With as many of its own before it, it would be too late even without the others.
    if (!this.hasPlace(seat) || bucket.waitMs(now, seat.waiting.size) > maxDelayMs) {
      refused(bucket.waitMs(now, this.all.size));
      return Subscription.EMPTY;
    }
    const admitted = later(go, { operation: 'wait', system: 'rxfan', destination: seat.name });
    const ticket: Ticket = { seat, dueAt: now + maxDelayMs, admitted, refused, ofSeat: undefined, ofAll: undefined };
    ticket.ofSeat = seat.waiting.push(ticket);
    ticket.ofAll = this.all.push(ticket);
    seat.turn ??= this.turns.push(seat);
    this.lookAgain(now);
    return { unsubscribe: () => this.remove(ticket) };
  }

  private hasPlace({ waiting }: Seat): boolean {
    const { maxWaiting } = this.options;
    return this.all.size < maxWaiting && waiting.size < Math.max(1, Math.floor(maxWaiting / this.seats));
  }

  private look(): void {
    const { bucket } = this.options;
    const now = asyncScheduler.now();
    while (this.all.first && bucket.take(now, TIMER_MS)) this.admitNext();
    while (this.all.first && this.all.first.value.dueAt <= now) {
      const { value } = this.all.first;
      this.remove(value);
      value.refused(bucket.waitMs(now, this.all.size));
    }
    this.lookAgain(now);
  }

  private admitNext(): void {
    const seat = this.turns.first!.value;
    this.turns.remove(seat.turn!);
    seat.turn = this.turns.push(seat);
    const ticket = seat.waiting.first!.value;
    this.remove(ticket);
    ticket.admitted();
  }

  private remove(ticket: Ticket): void {
    const { seat, ofSeat, ofAll } = ticket;
    if (!ofSeat || !ofAll) return;
    ticket.ofSeat = undefined;
    ticket.ofAll = undefined;
    seat.waiting.remove(ofSeat);
    this.all.remove(ofAll);
    if (seat.waiting.size === 0 && seat.turn) {
      this.turns.remove(seat.turn);
      seat.turn = undefined;
    }
    if (this.all.size > 0) return;
    this.watch?.unsubscribe();
    this.watch = undefined;
  }

  /** One timer: for the next that may go, or the next that has waited too long. */
  private lookAgain(now: number): void {
    const first = this.all.first?.value;
    if (!first || this.watch) return;
    const waitMs = Math.min(this.options.bucket.waitMs(now, 0), first.dueAt - now);
    this.watch = after(Math.max(0, Math.ceil(waitMs)), () => {
      this.watch = undefined;
      this.look();
    });
  }
}
