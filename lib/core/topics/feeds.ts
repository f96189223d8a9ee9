import { Observable, Subject } from 'rxjs';
import type { CongestionAlert } from '../../contracts/delivery.ts';
import { DeliveryError } from '../../contracts/deliveryFailure.ts';
import type { AttachedHost } from './attachedHost.ts';
import type { Publication } from './publication.ts';

/** What is told of one subscriber: to those who look at it alone, and to those who look at its topic. */
export class Feeds<A> {
  /** Emits after each change that somebody may look at; completes when the subscriber has ended. */
  readonly changes$: Observable<void>;
  readonly alerts$: Observable<CongestionAlert>;
  /** Completes with them: nobody who only waits for that shall make changes cost anything. */
  readonly ended$: Observable<never>;
  /** Whether somebody looks at changes. */
  isWatched = false;
  private readonly changes = new Subject<void>();
  private readonly alerts = new Subject<CongestionAlert>();
  private readonly ended = new Subject<never>();
  private readonly subscriber: string;
  private readonly host: Pick<AttachedHost, 'topic' | 'events'>;
  private readonly watched: () => void;

  /** `watched` is called when somebody begins to look at changes, or leaves off. */
  constructor(subscriber: string, host: Pick<AttachedHost, 'topic' | 'events'>, watched: () => void) {
    this.subscriber = subscriber;
    this.host = host;
    this.watched = watched;
    this.changes$ = new Observable((subscriber) => {
      const watching = this.changes.subscribe(subscriber);
      this.look();
      return () => {
        watching.unsubscribe();
        this.look();
      };
    });
    this.alerts$ = this.alerts.asObservable();
    this.ended$ = this.ended.asObservable();
  }

  changed(): void {
    if (this.isWatched) this.changes.next();
  }

  alert(alert: Omit<CongestionAlert, 'topic' | 'subscriber'>): void {
    const { subscriber, host } = this;
    const { topic, events } = host;
    const full = { ...alert, topic, subscriber };
    this.alerts.next(full);
    events.alert(full);
  }

  failed(error: DeliveryError): void {
    this.host.events.failed(error);
  }

  /** Without a publication it is the contract itself that fails: its concurrency, say. */
  errorOf(publication: Publication<A> | undefined, attempt: number, cause: unknown): DeliveryError {
    const { subscriber } = this;
    const { topic = this.host.topic, id = 0, value } = publication ?? {};
    return new DeliveryError({ topic, subscriber, id, attempt, value }, cause);
  }

  /** Calls back a user, whose mistake is told and does no harm: undefined is the answer then. */
  guarded<T>(call: () => T, publication: Publication<A>, attempt = 0): T | undefined {
    try {
      return call();
    } catch (thrown) {
      this.failed(this.errorOf(publication, attempt, thrown));
      return undefined;
    }
  }

  end(): void {
    this.changes.next();
    this.changes.complete();
    this.alerts.complete();
    this.ended.complete();
  }

  private look(): void {
    this.isWatched = this.changes.observed;
    this.watched();
  }
}
