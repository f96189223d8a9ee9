import { Observable, Subject } from 'rxjs';
import type { CongestionAlert } from '../../contracts/delivery.ts';
import { DeliveryError } from '../../contracts/deliveryFailure.ts';
import type { Publication } from './publication.ts';
import type { TopicEvents } from './topicEvents.ts';

/** Whose {@link Feeds} they are. */
export interface FeedsOptions {
  /** The topic, or the pattern of topics, as alerts name it. */
  readonly topic: string;
  readonly subscriber: string;
  readonly events: TopicEvents;
  /** Called when somebody begins to look at changes, or leaves off. */
  readonly watched: () => void;
}

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
  private readonly options: FeedsOptions;

  constructor(options: FeedsOptions) {
    this.options = options;
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
    const { topic, subscriber, events } = this.options;
    const full = { ...alert, topic, subscriber };
    this.alerts.next(full);
    events.alert(full);
  }

  failed(error: DeliveryError): void {
    this.options.events.failed(error);
  }

  /** Without a publication it is the contract itself that fails: its concurrency, say. */
  errorOf(publication: Publication<A> | undefined, attempt: number, cause: unknown): DeliveryError {
    const { subscriber } = this.options;
    const { topic = this.options.topic, id = 0, value } = publication ?? {};
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
    this.options.watched();
  }
}
