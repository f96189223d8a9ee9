import { asyncScheduler } from 'rxjs';
import { carrier } from '../../../operators/internal/carrier.ts';
import type { Began } from '../../../operators/internal/turn.ts';
import type { DeliveryContract, DeliveryStats, Verdict } from '../../contracts/delivery.ts';
import type { Handled } from '../../contracts/handled.ts';
import { Attempt } from './attempt.ts';
import type { AttachedHost } from './attachedHost.ts';
import type { AttachedParts } from './attachedParts.ts';
import { callHandler } from './callHandler.ts';
import { capOf } from './capOf.ts';
import type { Congestion } from './congestion.ts';
import { congestionOf } from './congestionOf.ts';
import type { Startable } from './dispatcher.ts';
import { Feeds } from './feeds.ts';
import type { Lane } from './lane.ts';
import { laneOf } from './laneOf.ts';
import type { Publication } from './publication.ts';
import { Runner } from './runner.ts';
import type { RunnerHost } from './runnerHost.ts';
import { termsOf, type Terms } from './terms.ts';
import { Ways } from './ways.ts';

/** A subscriber under its contract: its lane, what runs out of it, and what is told of both. */
export class Attached<A> implements AttachedParts<A>, Startable, RunnerHost<A> {
  readonly id: string;
  readonly lane: Lane<A>;
  readonly feeds: Feeds<A>;
  isInTurn = false;
  /** It takes nothing any more, and starts nothing. */
  isEnded = false;
  readonly terms: Terms<A>;
  readonly host: AttachedHost;
  readonly runner: Runner<A>;
  readonly congestion: Congestion;
  readonly ways: Ways;
  private topics: number; // that are not complete
  private isOver = false;

  constructor(contract: DeliveryContract<A>, host: AttachedHost) {
    const terms = termsOf(contract);
    this.terms = terms;
    this.host = host;
    this.topics = host.topics;
    this.id = terms.id;
    this.ways = new Ways(() => this.isStill(), terms.isSimple && !terms.partitionKey);
    this.feeds = new Feeds(terms.id, host, () => this.ways.choose());
    this.lane = laneOf(this);
    this.congestion = congestionOf(this);
    this.runner = new Runner(this, this.feeds, terms, host.dispatcher, capOf(this));
    this.looked();
  }

  stats(): DeliveryStats {
    return { ...this.lane.account(asyncScheduler.now()), retried: this.runner.retried };
  }

  change(how: () => void): void {
    if (this.isEnded) return;
    how();
    this.looked();
    this.changed();
  }

  close(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.ways.choose();
    this.lane.room.clear();
    this.runner.cancel();
    this.endIfSettled();
  }

  offer(publication: Publication<A>): void {
    if (this.ways.isShort && !carrier.current && this.lane.pass()) this.handle(publication);
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
    if (!this.ways.isQuiet) this.changed();
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
    if (result !== undefined || !this.ways.isShort) {
      this.ways.returned();
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
    const isSettled = verdict === 'accepted' && this.run(publication);
    if (isSettled) this.ways.endedAtOnce();
    else this.answer(publication, verdict);
  }

  /** The publisher learns the verdict before anybody is told of the change, who may change more. */
  private answer(publication: Publication<A>, verdict: Verdict): void {
    if (this.isEnded) this.lane.room.clear();
    publication.receipt?.answered(this, verdict);
    if (!this.ways.isQuiet) this.changed();
  }

  /** To be called when the depth of the lane has changed. */
  private looked(): void {
    const { depth } = this.lane.room;
    this.congestion.update(depth);
    if (depth === 0 || this.ways.isQuiet) this.ways.choose();
  }

  private isStill(): boolean {
    const { lane, congestion, feeds } = this;
    return lane.room.depth === 0 && this.topics > 0 && congestion.isCalm && !feeds.isWatched && !this.isEnded;
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
    this.runner.cancel();
    this.congestion.stop();
    this.host.ended();
    this.feeds.end();
    this.host.dispatcher.rest();
  }
}
