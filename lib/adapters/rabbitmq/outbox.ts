import type { ConfirmChannel, Message } from 'amqplib';
import { asyncScheduler, BehaviorSubject, Observable, type Subscription } from 'rxjs';
import { after } from '../../../operators/internal/after.ts';
import { Fifo } from '../../../operators/internal/fifo.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import {
  InvalidMessageError,
  OutboxFullError,
  PublishError,
  UnroutableError,
} from '../../contracts/transportFailure.ts';
import { ConfirmWindow } from './confirmWindow.ts';
import { lateFailure, settle, type Letter, type OutboxEntry, type OutboxTerms } from './outboxEntry.ts';

/**
 * What waits for the broker: a line, and a window of what was sent and is not confirmed. When the channel goes, what was in
 * the window is sent again over the next one, in the order it came in, before all else.
 */
export class Outbox {
  /** Whether all that came in is settled. */
  readonly idle$: Observable<boolean>;
  private readonly isIdle$ = new BehaviorSubject(true);
  readonly terms: OutboxTerms;
  readonly window = new ConfirmWindow<OutboxEntry>();
  waiting = new Fifo<OutboxEntry>();
  /** They found no room, and wait for some. */
  readonly blocked = new Fifo<OutboxEntry>();
  private bytes = 0;
  private channel: ConfirmChannel | undefined = undefined;
  private lastFailure: Error | undefined = undefined;
  private alarm: Subscription | undefined = undefined;
  private isClosed = false;

  constructor(terms: OutboxTerms) {
    this.terms = terms;
    this.idle$ = this.isIdle$.asObservable();
  }

  /** Completes when the broker is answerable for the letter. Who unsubscribes does not take it back. */
  send(letter: Letter): Observable<never> {
    return new Observable((subscriber) => {
      if (this.isClosed) {
        subscriber.error(new ClosedError(this.terms.name));
        return;
      }
      const deadline = asyncScheduler.now() + this.terms.timeoutMs;
      const entry = { letter, subscriber, deadline, isReturned: false, isOver: false };
      if (this.blocked.size === 0 && this.hasRoomFor(letter)) this.enter(entry);
      else if (this.terms.overflow === 'block') this.blocked.push(entry);
      else subscriber.error(new OutboxFullError(this.window.size + this.waiting.size));
      this.alarm ??= after(this.terms.timeoutMs, () => this.sweep());
      this.pump();
    });
  }

  /** There is a channel, in confirm mode. */
  attach(channel: ConfirmChannel): void {
    this.channel = channel;
    channel.on('ack', ({ deliveryTag, multiple }) => this.confirm(channel, deliveryTag, multiple, true));
    channel.on('nack', ({ deliveryTag, multiple }) => this.confirm(channel, deliveryTag, multiple, false));
    channel.on('return', (message) => this.returned(message));
    this.pump();
  }

  /** There is none for now: what it was asked to send goes to the head of the line. */
  detach(cause: Error): void {
    this.channel = undefined;
    this.lastFailure = cause;
    const line = new Fifo<OutboxEntry>();
    for (const entry of this.window.reset()) {
      entry.isReturned = false;
      if (entry.isOver) this.release(entry);
      else line.push(entry);
    }
    for (const entry of this.waiting.toArray()) line.push(entry);
    this.waiting = line;
    this.pump(); // what is over has left the window
  }

  /** No attempt will change why none of it can be sent. */
  refuse(cause: Error): void {
    for (const entry of this.takeAll()) {
      settle(entry, new PublishError(entry.letter.id, 'refused', cause.message, { cause }));
    }
    this.pump();
  }

  /** Takes nothing more. */
  stop(): void {
    this.isClosed = true;
  }

  /** Gives up what is not confirmed. */
  close(): void {
    this.isClosed = true;
    this.channel = undefined;
    this.alarm?.unsubscribe();
    for (const entry of this.takeAll()) settle(entry, new ClosedError(this.terms.name));
  }

  private takeAll(): readonly OutboxEntry[] {
    const all = [...this.window.reset(), ...this.waiting.toArray(), ...this.blocked.toArray()];
    this.waiting.clear();
    this.blocked.clear();
    this.bytes = 0;
    return all;
  }

  private hasRoomFor({ body }: Letter): boolean {
    const { window, size, maxBytes } = this.terms;
    const held = this.window.size + this.waiting.size;
    return held < window + size && (this.bytes === 0 || this.bytes + body.length <= maxBytes);
  }

  private enter(entry: OutboxEntry): void {
    this.bytes += entry.letter.body.length;
    this.waiting.push(entry);
  }

  /** Sends what the window has room for, and lets in what the line has room for. */
  private pump(): void {
    for (;;) {
      while (this.channel && this.window.size < this.terms.window && this.waiting.size > 0) {
        if (!this.transmit(this.channel)) break;
      }
      if (this.blocked.size === 0 || !this.hasRoomFor(this.blocked.peek()!.letter)) break;
      const entry = this.blocked.shift();
      if (!entry.subscriber.closed) this.enter(entry); // it never came in: who left has taken it back
    }
    const isIdle = this.window.size + this.waiting.size + this.blocked.size === 0;
    if (isIdle !== this.isIdle$.value) this.isIdle$.next(isIdle);
  }

  /** Sends the head of the line; whether the channel takes more. */
  private transmit(channel: ConfirmChannel): boolean {
    const entry = this.waiting.peek()!;
    const { id, exchange, routingKey, body, options } = entry.letter;
    try {
      channel.publish(exchange, routingKey, body, options);
    } catch (cause) {
      if (cause instanceof Error && cause.name === 'IllegalOperationError') {
        this.channel = undefined; // it is closed, and will be told so in a moment
        return false;
      }
      this.waiting.shift();
      this.release(entry);
      settle(entry, new InvalidMessageError(id, 'the client cannot write it', { cause }));
      return true;
    }
    this.waiting.shift();
    this.window.push(entry);
    return true;
  }

  private returned({ fields, properties }: Message): void {
    for (const entry of this.window.entries()) {
      const { routingKey, options } = entry.letter;
      if (entry.isReturned || options.messageId !== properties.messageId || routingKey !== fields.routingKey) continue;
      entry.isReturned = true; // the confirm comes all the same
      return;
    }
  }

  private confirm(channel: ConfirmChannel, tag: number, multiple: boolean, isTaken: boolean): void {
    if (channel !== this.channel) return;
    const entries = this.window.take(tag, multiple);
    for (const entry of entries) this.release(entry);
    for (const entry of entries) {
      const { id, routingKey } = entry.letter;
      if (!isTaken) settle(entry, new PublishError(id, 'refused', 'the broker refused it'));
      else if (entry.isReturned) settle(entry, new UnroutableError(id, routingKey));
      else settle(entry);
    }
    this.pump();
  }

  private release(entry: OutboxEntry): void {
    this.bytes -= entry.letter.body.length;
  }

  /** Fails what is too late. All have the same time, so the oldest are the first. */
  private sweep(): void {
    const now = asyncScheduler.now();
    const late: OutboxEntry[] = [];
    for (const entry of this.window.entries()) {
      if (entry.deadline > now) break;
      late.push(entry);
    }
    for (const line of [this.waiting, this.blocked]) {
      while (line.size > 0 && line.peek()!.deadline <= now) {
        const entry = line.shift();
        if (line === this.waiting) this.release(entry);
        late.push(entry);
      }
    }
    const next = this.oldestAfter(now);
    this.alarm = next && after(next.deadline - now, () => this.sweep());
    const cause = this.channel ? undefined : this.lastFailure;
    for (const entry of late) settle(entry, lateFailure(entry, this.terms.timeoutMs, cause));
    this.pump();
  }

  private oldestAfter(now: number): OutboxEntry | undefined {
    for (const entry of this.window.entries()) if (entry.deadline > now) return entry;
    return this.waiting.peek() ?? this.blocked.peek();
  }
}
