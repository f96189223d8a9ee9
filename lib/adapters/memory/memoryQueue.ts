import { asyncScheduler, type Subscription } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import { Fifo } from '../../../operators/internal/fifo.ts';
import { sentAgain } from '../../boundary/tracedMessage.ts';
import type { OutgoingMessage, QueueContract } from '../../contracts/transport.ts';

/** A message in a queue. */
export interface Entry {
  message: OutgoingMessage;
  /** Its place in the order of the queue. */
  readonly place: number;
  /** So far. */
  deliveries: number;
}

/** Who takes messages out of a queue. */
export interface Reader {
  readonly hasRoom: boolean;
  take(entry: Entry): void;
}

interface Delayed {
  readonly entry: Entry;
  readonly dueAt: number;
}

/** Deliveries in one turn of the event loop: handlers that are done at once must not keep it. */
const MOST_PER_TURN = 256;

/** One queue: what is in line, what comes again later, and who reads it. Its readers share the messages. */
export class MemoryQueue {
  readonly name: string;
  readonly kind: QueueContract['kind'];
  readonly bindings = new Set<string>();
  private readonly ready = new Fifo<Entry>();
  /** What was given back, in the order of the queue: it goes before all else. */
  private readonly returned: Entry[] = [];
  /** Those that are due first stand first. */
  private readonly delayed: Delayed[] = [];
  private readonly readers: Reader[] = [];
  /** What is being handled. */
  readonly taken = new Set<Entry>();
  private places = 0;
  private turn: Subscription | undefined = undefined;
  private alarm: Subscription | undefined = undefined;
  private readonly roomMade: () => void;

  constructor({ kind, name }: Pick<QueueContract, 'kind' | 'name'>, roomMade: () => void) {
    this.kind = kind;
    this.name = name;
    this.roomMade = roomMade;
  }

  /** All that it holds, those that are being handled included. */
  get size(): number {
    return this.ready.size + this.returned.length + this.delayed.length + this.taken.size;
  }

  get readerCount(): number {
    return this.readers.length;
  }

  enter(message: OutgoingMessage): void {
    this.ready.push({ message, place: this.places++, deliveries: 0 });
    this.schedule();
  }

  attach(reader: Reader): void {
    this.readers.push(reader);
    this.schedule();
  }

  /** What it holds is to be settled, or given back, all the same. */
  detach(reader: Reader): void {
    const at = this.readers.indexOf(reader);
    if (at >= 0) this.readers.splice(at, 1);
    if (this.readers.length > 0) return;
    this.turn?.unsubscribe(); // a queue that nobody reads keeps no timer
    this.turn = undefined;
    this.alarm?.unsubscribe();
  }

  /** One that was taken is done. */
  settle(entry: Entry): void {
    this.taken.delete(entry);
    this.schedule();
    this.roomMade();
  }

  /** One that was taken comes again, at the end of the line. */
  delay(entry: Entry, delayMs: number): void {
    this.taken.delete(entry);
    entry.message = { ...entry.message, headers: sentAgain(entry.message.headers) };
    const dueAt = asyncScheduler.now() + delayMs;
    let at = this.delayed.length;
    while (at > 0 && this.delayed[at - 1]!.dueAt > dueAt) at--;
    this.delayed.splice(at, 0, { entry, dueAt });
    this.schedule();
  }

  /** One that was taken goes back to where it was. */
  giveBack(entry: Entry): void {
    this.taken.delete(entry);
    let at = this.returned.length;
    while (at > 0 && this.returned[at - 1]!.place > entry.place) at--;
    this.returned.splice(at, 0, entry);
    this.schedule();
  }

  /** A reader has room again, or there is something to read: in a turn of its own, for readers call back. */
  schedule(): void {
    if (this.readers.length > 0) this.turn ??= asyncScheduler.schedule(() => this.hand(), 0);
  }

  private hand(): void {
    this.turn = undefined;
    this.ripen();
    for (let left = MOST_PER_TURN; this.returned.length + this.ready.size > 0; left--) {
      const reader = this.nextReader();
      if (!reader) return;
      if (left === 0) {
        this.schedule();
        return;
      }
      const entry = this.returned.shift() ?? this.ready.shift();
      this.taken.add(entry);
      reader.take(entry);
    }
  }

  /** In turns. */
  private nextReader(): Reader | undefined {
    const at = this.readers.findIndex(({ hasRoom }) => hasRoom);
    if (at < 0) return undefined;
    const [reader] = this.readers.splice(at, 1);
    this.readers.push(reader!);
    return reader;
  }

  /** Puts what is due into the line, and sets the alarm for the rest. */
  private ripen(): void {
    const now = asyncScheduler.now();
    const notDue = this.delayed.findIndex(({ dueAt }) => dueAt > now);
    const due = this.delayed.splice(0, notDue < 0 ? this.delayed.length : notDue);
    for (const { entry } of due) this.ready.push(entry);

    this.alarm?.unsubscribe();
    const [next] = this.delayed;
    if (next) this.alarm = after(next.dueAt - now, () => this.schedule());
  }
}
