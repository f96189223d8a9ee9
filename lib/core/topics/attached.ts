import { asyncScheduler } from 'rxjs';
import { carrier } from '../../../operators/internal/carrier.ts';
import { inspector } from '../../../operators/internal/inspector.ts';
import type { Began } from '../../../operators/internal/turn.ts';
import type { DeliveryContract, DeliveryStats, Outcome, Verdict } from '../../contracts/delivery.ts';
import type { Handled } from '../../contracts/handled.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import { Attempt } from './attempt.ts';
import { callHandler } from './callHandler.ts';
import { createCap, type Cap } from './cap.ts';
import { Congestion, type LineAlert } from './congestion.ts';
import type { Dispatcher, Startable } from './dispatcher.ts';
import { Feeds } from './feeds.ts';
import { Lane } from './lane.ts';
import { notTakenUp } from './notTakenUp.ts';
import type { Publication } from './publication.ts';
import { Runner, type RunnerHost } from './runner.ts';
import { termsOf, type Terms } from './terms.ts';
import type { TopicEvents } from './topicEvents.ts';

/** Where a subscriber is attached. */
export interface AttachedHost {
  /** The topic, or the pattern of topics, as alerts name it. */
  readonly topic: string;
  /** How many topics it is fed by. */
  readonly topics: number;
  readonly dispatcher: Dispatcher;
  readonly events: TopicEvents;
  readonly ended: () => void;
}

/** Handlers in a row that end at once: what the next one waits for is no longer asked, for that takes as long as it does. */
const SEEN = 100;

/** A subscriber under its contract: its lane, what runs out of it, and what is told of both. */
export class Attached<A> implements Startable, RunnerHost<A> {
  readonly id: string;
  readonly lane: Lane<A>;
  readonly feeds: Feeds<A>;
  isInTurn = false;
  /** It takes nothing any more, and starts nothing. */
  isEnded = false;
  readonly terms: Terms<A>;
  readonly host: AttachedHost;
  private readonly cap: Cap;
  readonly runner: Runner<A>;
  readonly congestion: Congestion;
  private topics: number; // that are not complete
  private isQuiet = false; // nothing waits, so nothing is due when a value was handled
  private isShort = false; // and nothing is to be done around its handler
  private readonly isSeen = inspector.current !== undefined;
  private toSee = this.isSeen ? SEEN : 0; // handlers that are to end at once before none is looked at any more
  private isOver = false;

  constructor(contract: DeliveryContract<A>, host: AttachedHost) {
    const terms = termsOf(contract);
    this.terms = terms;
    this.host = host;
    this.topics = host.topics;
    this.id = terms.id;
    this.feeds = new Feeds({
      topic: host.topic,
      subscriber: terms.id,
      events: host.events,
      watched: () => this.choose(),
    });
    this.lane = new Lane(terms, {
      isOwn: ({ origin }) => origin === this,
      errorOf: (publication, cause) => this.feeds.errorOf(publication, 0, cause),
      gone: (publication, outcome, error) => this.gone(publication, outcome, error),
      roomMade: () => this.change(() => this.lane.room.unblock()),
    });
    this.congestion = new Congestion({
      watermarks: terms.watermarks,
      bufferSize: terms.bufferSize,
      depth: () => this.lane.room.depth,
      oldestSince: () => this.lane.room.oldestSince,
      alert: (alert) => this.alert(alert),
    });
    this.cap = createCap({
      concurrency: terms.concurrency,
      changed: (concurrency) => this.change(() => (this.lane.concurrency = concurrency)),
      failed: (cause) => this.feeds.failed(this.feeds.errorOf(undefined, 0, cause)),
    });
    this.lane.concurrency = this.cap.initial;
    this.runner = new Runner(this, this.feeds, terms, host.dispatcher, this.cap);
    this.looked();
  }

  stats(): DeliveryStats {
    return { ...this.lane.account(asyncScheduler.now()), retried: this.runner.retried };
  }

  /** Changes the state of the lane, and does what is due then. */
  change(how: () => void): void {
    if (this.isEnded) return;
    how();
    this.looked();
    this.changed();
  }

  close(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.choose();
    this.lane.room.clear();
    this.runner.cancel();
    this.endIfSettled();
  }

  offer(publication: Publication<A>): void {
    if (this.isShort && !carrier.current && this.lane.pass()) this.handle(publication);
    else this.take(publication);
  }

  startNext(): boolean {
    const publication = this.isEnded ? undefined : this.lane.next();
    if (!publication) return false;
    this.looked();
    if (!this.run(publication, publication.waits)) this.feeds.changed();
    return !this.isEnded && this.lane.isReady;
  }

  /** Says that one of its topics is complete: with the last one, it ends when everything is settled. */
  left(): void {
    this.topics--;
    this.looked();
    this.changed();
  }

  succeeded(publication: Publication<A>): void {
    this.lane.succeed(publication);
    publication.succeeded(this);
    if (!this.isQuiet) this.changed();
  }

  failed(publication: Publication<A>, attempts: number, cause: unknown): void {
    const { onFailure } = this.terms;
    const error = this.feeds.errorOf(publication, attempts, cause);
    const outcome = onFailure === 'park' ? 'parked' : 'failed';
    this.lane.settle(publication, outcome, error);
    if (outcome === 'failed') publication.settle(this, outcome, error);
    this.feeds.failed(error);
    if (onFailure === 'close') this.close();
    this.changed();
  }

  discarded(publication: Publication<A>): void {
    this.lane.settle(publication, 'discarded');
    publication.settle(this, 'discarded');
    this.changed();
  }

  /** The short way of a value that does not wait, and ends at once: no more of its own time than a Subject takes, measured. */
  private handle(publication: Publication<A>): void {
    const attempt = new Attempt(this.runner, publication, 1);
    this.returned(attempt, callHandler(this.terms, attempt));
  }

  private returned(attempt: Attempt<A>, result: Handled): void {
    const { publication } = attempt;
    if (result !== undefined || !this.isShort) {
      if (this.isSeen) this.see(SEEN);
      if (!this.runner.follow(attempt, result)) this.answer(publication, 'accepted');
      return;
    }
    attempt.state = 'succeeded';
    this.lane.succeed(publication);
    publication.succeeded(this);
  }

  private take(publication: Publication<A>): void {
    const verdict = this.lane.offer(publication);
    if (verdict !== 'accepted') this.looked();
    else if (this.run(publication)) {
      if (this.toSee > 0) this.see(this.toSee - 1);
      return;
    }
    this.answer(publication, verdict);
  }

  private see(next: number): void {
    this.toSee = next;
    this.choose();
  }

  /** The publisher learns the verdict before anybody is told of the change, who may change more. */
  private answer(publication: Publication<A>, verdict: Verdict): void {
    if (this.isEnded) this.lane.room.clear();
    publication.receipt?.answered(this, verdict);
    if (!this.isQuiet) this.changed();
  }

  /** To be called when the depth of the lane has changed. */
  private looked(): void {
    const { depth } = this.lane.room;
    this.congestion.update(depth);
    if (depth === 0 || this.isQuiet) this.choose();
  }

  /** Says which ways values may take from now on. */
  private choose(): void {
    const { lane, congestion, feeds, terms } = this;
    this.isQuiet = lane.room.depth === 0 && this.topics > 0 && congestion.isCalm && !feeds.isWatched && !this.isEnded;
    this.isShort = this.isQuiet && terms.isSimple && !lane.isKeyed && this.toSee === 0;
  }

  private run(publication: Publication<A>, waits?: Began): boolean {
    if (!this.isEnded) return this.runner.run(publication, waits);
    this.discarded(publication); // a callback has closed it since it was taken
    return true;
  }

  private changed(): void {
    if (!this.isEnded) {
      this.feeds.changed();
      if (this.lane.isReady) this.host.dispatcher.wake(this);
    }
    if (this.isEnded || this.topics === 0) this.endIfSettled();
  }

  /** A handler that has not returned is waited for: nothing is open when it is said to have ended. */
  private endIfSettled(): void {
    if (this.isOver || !this.lane.isEmpty) return;
    this.isOver = true;
    this.isEnded = true;
    this.cap.stop();
    this.runner.cancel();
    this.congestion.stop();
    this.host.ended();
    this.feeds.end();
    this.host.dispatcher.rest();
  }

  private gone(publication: Publication<A>, outcome: Outcome, error: DeliveryError | undefined): void {
    notTakenUp(publication, this.id, outcome);
    publication.settle(this, outcome, error);
    if (outcome === 'refused' && error) this.feeds.failed(error);
    if (outcome === 'dropped') this.feeds.guarded(() => this.terms.onDrop(publication.value), publication);
  }

  private alert(alert: LineAlert): void {
    this.choose();
    const { running, dropped, refused } = this.lane.account(0);
    this.feeds.alert({ ...alert, bufferSize: this.terms.bufferSize, running, dropped: dropped + refused });
  }
}
