import { Observable, Subject } from 'rxjs';
import { carrier } from '../../../operators/internal/carrier.ts';
import { enroll } from '../../../operators/internal/inspector.ts';
import type { CongestionAlert, Delivery, DeliveryContract, Receipt } from '../../contracts/delivery.ts';
import { ClosedError, type DeliveryError } from '../../contracts/deliveryFailure.ts';
import { Attached } from './attached.ts';
import { deliveryOf } from './deliveryOf.ts';
import { Dispatcher, type Offering } from './dispatcher.ts';
import { drained, type CloseOptions, type Ledger } from './drained.ts';
import { emitCarried } from './emitCarried.ts';
import { entered } from './entered.ts';
import { freeze } from './freeze.ts';
import { Publication } from './publication.ts';
import { PublicationReceipt } from './publicationReceipt.ts';
import { Publisher } from './publisher.ts';
import { Replay } from './replay.ts';
import { Roster } from './roster.ts';
import { Selection } from './selection.ts';
import { TopicEvents } from './topicEvents.ts';
import type { TopicOptions } from './topicOptions.ts';
import { topicPart } from './topicPart.ts';

/**
 * A Subject whose subscribers may declare under which contract they take its values.
 *
 * `next`, `pipe` and `subscribe` are those of a Subject. `deliver` attaches a subscriber that has a bounded waiting line of
 * its own, and whose slowness and failures are its own; `publish` is a `next` that tells what became of the value.
 *
 * - **Emits** values in the order they were published, to everybody in the same order: one that is published by a handler
 *   goes out when everybody was offered the one before, to any depth and without stack.
 * - **Holds** what the contracts of its subscribers allow, and the last `replay` values.
 * - **Completes** its observers at once; subscribers under contract when they have settled what they hold.
 * - **Errors** its observers; what fails at a subscriber under contract goes to `errors$` and to nobody else.
 * - **Unsubscribing** an observer, or closing a delivery, changes nothing for the others.
 *
 * @example
 * const orders = new Topic<Order>({ name: 'orders' });
 * const handle = orders.deliver({ id: 'metrics', handle: (order) => metrics.add(order), concurrency: 4, overflow: 'dropOldest' });
 * orders.publish(order).settled$.subscribe(({ subscriber, outcome }) => console.log(subscriber, outcome));
 */
export class Topic<A> extends Subject<A> {
  readonly name: string;
  /** Every failure of a delivery, once. */
  readonly errors$: Observable<DeliveryError>;
  /** The congestion alerts of all subscribers. */
  readonly alerts$: Observable<CongestionAlert>;
  private readonly dispatcher: Dispatcher;
  private readonly options: TopicOptions;
  private readonly events: TopicEvents;
  /** @internal */ readonly roster = new Roster<A>();
  private readonly replay: Replay<A>;
  private readonly publisher: Publisher;
  /** @internal */ published = 0;
  /** @internal */ isComplete = false;

  constructor(options: TopicOptions = {}, /** @internal */ dispatcher = new Dispatcher()) {
    super();
    const { name = 'topic', replay = 0 } = options;
    this.name = name;
    this.options = options;
    this.dispatcher = dispatcher;
    this.replay = new Replay(replay);
    this.publisher = new Publisher(name);
    this.events = new TopicEvents(options.onError);
    this.errors$ = this.events.errors$;
    this.alerts$ = this.events.alerts$;
    if (!options.belongs) enroll(this, topicPart);
  }

  /** The last `replay` values, then those to come: also those that are published by whoever takes the last ones. */
  get replay$(): Observable<A> {
    return new Observable((subscriber) => {
      this.dispatcher.enter(() => {
        for (const { value } of this.replay.publications()) subscriber.next(value);
        if (this.closed) subscriber.error(new ClosedError(this.name));
        else if (!subscriber.closed) subscriber.add(this.subscribe(subscriber));
      });
    });
  }

  /** Hands a value to every subscriber, and tells what becomes of it. Throws ClosedError when the topic is complete. */
  publish(value: A): Receipt {
    return this.publishFollowed(value);
  }

  /**
   * As {@link Topic.publish}, with a receipt that can be followed. With `ids`, to these subscribers under contract alone, as
   * far as they are there. @internal
   */
  publishFollowed(value: A, ids?: ReadonlySet<string>): PublicationReceipt {
    this.checkOpen();
    const receipt = new PublicationReceipt(this.published + 1);
    this.send(value, receipt, ids && new Selection(this.roster, ids));
    return receipt;
  }

  override next(value: A): void {
    if (this.closed) super.next(value); // throws, as every Subject does that was unsubscribed
    if (!this.isComplete) this.send(value, undefined);
  }

  /** Completes the observers once everything published before has gone out; subscribers under contract settle first. */
  override complete(): void {
    this.finish(() => super.complete());
  }

  override error(error: unknown): void {
    this.finish(() => super.error(error));
  }

  /** Ends everything at once: what subscribers under contract hold is discarded. */
  override unsubscribe(): void {
    this.isComplete = true;
    for (const attached of this.roster.live()) attached.close();
    // eslint-disable-next-line rxjs-x/no-subject-unsubscribe -- a Subject can be, and this is one
    super.unsubscribe();
    this.endIfIdle();
  }

  /** Attaches a subscriber. Throws OptionError where its contract cannot be meant, or its id is taken. */
  deliver(contract: DeliveryContract<A>): Delivery<A> {
    this.check(contract.id); // before anything is subscribed that the contract brings along
    const attached: Attached<A> = new Attached<A>(contract, {
      topic: this.name,
      topics: 1,
      dispatcher: this.dispatcher,
      events: this.events,
      ended: () => this.left(attached),
    });
    this.attach(attached);
    return deliveryOf(attached);
  }

  /** The subscribers under contract that have not ended. */
  deliveries(): readonly Delivery<A>[] {
    return this.roster.live().map(deliveryOf);
  }

  /** Completes once this many subscribers are attached under contract. */
  whenAttached(count: number): Observable<never> {
    return this.roster.whenThereAre(count);
  }

  /** Completes the topic, waits until everything is settled, discards what is not by the deadline, and gives the account. */
  close(options: CloseOptions = {}): Observable<Ledger> {
    return drained(
      () => this.deliveries(),
      () => this.complete(),
      options,
    );
  }

  /** Throws unless a subscriber of this id may be attached. @internal */
  check(id: string): void {
    this.checkOpen();
    this.roster.checkFree(id);
  }

  /** What was published before it was attached is replayed, what comes after goes out to it. @internal */
  attach(attached: Attached<A>): void {
    if (attached.isEnded) return;
    this.roster.add(attached);
    this.dispatcher.enter(() => {
      if (!attached.isEnded) this.roster.join(attached);
      for (const publication of this.replay.publications()) if (!attached.isEnded) attached.offer(publication);
    });
  }

  /** @internal */
  offer(publication: Publication<A>): void {
    const { list } = this.roster;
    const { length } = list; // those that come while it goes out get what comes after it
    this.replay.keep(publication);
    const { carried, receipt } = publication.by;
    if (this.observed && carried) emitCarried(this, carried, publication.value);
    else if (this.observed) this.emit(publication.value);
    for (let i = 0; i < length; i++) {
      const attached = list[i]!;
      if (attached.isEnded) receipt?.skipped(attached);
      else attached.offer(publication);
    }
    receipt?.dispatched(list, length);
  }

  /** As a Subject does, to those who are there when it begins. Its own way makes a closure per value: half the speed, measured. @internal */
  emit(value: A): void {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- public until rxjs 8, and the only list of them
    const { observers } = this;
    if (observers.length === 1) observers[0]!.next(value);
    else for (const observer of observers.slice()) observer.next(value);
  }

  private send(value: A, receipt: PublicationReceipt | undefined, to: Offering<A> = this): void {
    const { dispatcher, name } = this;
    const message = this.options.freeze === 'off' ? value : freeze(value);
    const by = this.publisher.with(receipt, dispatcher.handling, carrier.current && entered(name));
    dispatcher.publish(to, new Publication(by, ++this.published, message));
  }

  private checkOpen(): void {
    if (this.isComplete || this.closed) throw new ClosedError(this.name);
  }

  private finish(end: () => void): void {
    if (this.isComplete) return;
    this.isComplete = true;
    this.dispatcher.enter(() => {
      for (const attached of this.roster.live()) attached.left();
      if (!this.closed) end();
      this.endIfIdle();
    });
  }

  /** @internal */
  left(attached: Attached<A>): void {
    this.roster.remove(attached);
    this.endIfIdle();
  }

  private endIfIdle(): void {
    if (this.isComplete && this.roster.size === 0) this.events.complete();
  }
}
