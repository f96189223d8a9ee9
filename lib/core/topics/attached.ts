import { asyncScheduler, ignoreElements, map, Observable, startWith, Subject } from 'rxjs';
import type { CongestionAlert, Delivery, DeliveryContract, DeliveryStats, Outcome } from '../../contracts/delivery.ts';
import { DeliveryError } from '../../contracts/deliveryFailure.ts';
import { createCap, type Cap } from './cap.ts';
import { Congestion, type LineAlert } from './congestion.ts';
import type { Dispatcher, Startable } from './dispatcher.ts';
import { Lane } from './lane.ts';
import type { Publication } from './publication.ts';
import { Runner, type RunOutcome } from './runner.ts';
import { termsOf, type Terms } from './terms.ts';

/** Where a subscriber is attached. */
export interface AttachedHost {
  /** The topic, or the pattern of topics, as alerts name it. */
  readonly topic: string;
  /** How many topics it is fed by. */
  readonly topics: number;
  readonly dispatcher: Dispatcher;
  readonly failed: (error: DeliveryError) => void;
  readonly alert: (alert: CongestionAlert) => void;
  readonly ended: () => void;
}

/** A subscriber under its contract: its lane, what runs out of it, and what is told of both. */
export class Attached<A> implements Delivery<A>, Startable {
  readonly id: string;
  readonly alerts$: Observable<CongestionAlert>;
  isInTurn = false;
  isEnded = false;
  private readonly terms: Terms<A>;
  private readonly host: AttachedHost;
  private readonly lane: Lane<A>;
  private readonly cap: Cap;
  private readonly runner: Runner<A>;
  private readonly congestion: Congestion;
  private readonly changes = new Subject<void>();
  private readonly alerts = new Subject<CongestionAlert>();
  private topics: number; // that are not complete

  constructor(contract: DeliveryContract<A>, host: AttachedHost) {
    const terms = termsOf(contract);
    this.terms = terms;
    this.host = host;
    this.topics = host.topics;
    this.id = terms.id;
    this.alerts$ = this.alerts.asObservable();
    this.lane = new Lane({
      ...terms,
      isOwn: ({ origin }) => origin === this,
      now: () => asyncScheduler.now(),
      errorOf: (publication, cause) => this.errorOf(publication, 0, cause),
      gone: (publication, outcome, error) => this.gone(publication, outcome, error),
      roomMade: () => this.set(() => this.lane.unblock()),
    });
    this.congestion = new Congestion({
      watermarks: terms.watermarks,
      bufferSize: terms.bufferSize,
      depth: () => this.lane.depth,
      oldestSince: () => this.lane.oldestSince,
      alert: (alert) => this.alert(alert),
    });
    this.cap = createCap({
      concurrency: terms.concurrency,
      changed: (concurrency) => this.set(() => (this.lane.concurrency = concurrency)),
      failed: (cause) => host.failed(this.errorOf(undefined, 0, cause)),
    });
    this.lane.concurrency = this.cap.initial;
    this.runner = new Runner({
      terms,
      cap: this.cap,
      dispatcher: host.dispatcher,
      subscriber: this,
      errorOf: (publication, attempt, cause) => this.errorOf(publication, attempt, cause),
      guarded: (call) => this.guarded(call),
      settled: (publication, outcome, error) => this.settled(publication, outcome, error),
    });
  }

  get stats$(): Observable<DeliveryStats> {
    return this.changes.pipe(
      startWith(undefined),
      map(() => this.stats()),
    );
  }

  get ended$(): Observable<never> {
    return this.changes.pipe(ignoreElements());
  }

  stats(): DeliveryStats {
    return { ...this.lane.account(asyncScheduler.now()), retried: this.runner.retried };
  }

  pause(): void {
    this.set(() => (this.lane.isPaused = true));
  }

  resume(): void {
    this.set(() => (this.lane.isPaused = false));
  }

  parked(): readonly A[] {
    return this.lane.parking.values();
  }

  redrive(): number {
    let count = 0;
    this.set(() => (count = this.lane.redrive()));
    return count;
  }

  close(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    this.runner.cancel();
    this.lane.clear();
    this.changes.next();
    this.end();
  }

  /** Takes a value in. The publisher learns the verdict before anybody is told of the change, who may change more. */
  offer(publication: Publication<A>): void {
    const verdict = this.lane.offer(publication);
    if (verdict === 'accepted' && this.runner.run(publication)) return;
    publication.receipt?.answered(this, verdict);
    this.changed();
  }

  startNext(): boolean {
    const publication = this.isEnded ? undefined : this.lane.next();
    if (!publication) return false;
    if (!this.runner.run(publication)) this.changed();
    return !this.isEnded && this.lane.isReady;
  }

  /** Says that one of its topics is complete: with the last one, it ends when everything is settled. */
  left(): void {
    this.topics--;
    this.changed();
  }

  private set(change: () => void): void {
    if (this.isEnded) return;
    change();
    this.changed();
  }

  private settled(publication: Publication<A>, outcome: RunOutcome, error?: DeliveryError): void {
    const { onFailure } = this.terms;
    const parks = outcome === 'failed' && onFailure === 'park';
    this.lane.settle(publication, parks ? 'parked' : outcome, error);
    if (!parks) publication.settle(this, outcome, error);
    if (error) this.host.failed(error);
    if (outcome === 'failed' && onFailure === 'close') this.close();
    this.changed();
  }

  private changed(): void {
    if (this.isEnded) return;
    if (this.lane.depth > 0 || !this.congestion.isCalm) this.congestion.update();
    if (this.changes.observed) this.changes.next();
    if (this.lane.isReady) this.host.dispatcher.wake(this);
    if (this.topics > 0 || !this.lane.isEmpty) return;
    this.isEnded = true;
    this.end();
  }

  private end(): void {
    this.cap.stop();
    this.runner.stop();
    this.congestion.stop();
    this.host.ended();
    this.changes.complete();
    this.alerts.complete();
    this.host.dispatcher.rest();
  }

  private gone(publication: Publication<A>, outcome: Outcome, error: DeliveryError | undefined): void {
    publication.settle(this, outcome, error);
    if (outcome === 'refused' && error) this.host.failed(error);
    if (outcome === 'dropped') this.guarded(() => this.terms.onDrop(publication.value));
  }

  private alert(alert: LineAlert): void {
    const { topic } = this.host;
    const { counts, running } = this.lane;
    const { bufferSize } = this.terms;
    const full: CongestionAlert = {
      ...alert,
      topic,
      subscriber: this.id,
      bufferSize,
      running,
      dropped: counts.dropped + counts.refused,
    };
    this.alerts.next(full);
    this.host.alert(full);
  }

  private errorOf(publication: Publication<A> | undefined, attempt: number, cause: unknown): DeliveryError {
    const { topic = this.host.topic, id = 0, value } = publication ?? {};
    return new DeliveryError({ topic, subscriber: this.id, id, attempt, value }, cause);
  }

  /** Calls back a user, whose mistake is told and does no harm. */
  private guarded(call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.host.failed(this.errorOf(undefined, 0, thrown));
    }
  }
}
