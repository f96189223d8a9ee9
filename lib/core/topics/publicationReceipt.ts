import { Observable, Subject } from 'rxjs';
import { Fifo } from '../../../operators/internal/fifo.ts';
import { listen } from '../../../operators/internal/listen.ts';
import type { Outcome, Receipt, Settlement, Verdict } from '../../contracts/delivery.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';

/** Who is subscribed. */
export interface Subscribed {
  readonly id: string;
}

/** What is known of one subscriber, unless it took the value at once and succeeded. */
interface Note {
  /** Undefined for a subscriber that had ended before it was offered the value. */
  verdict: Verdict | undefined;
  settlement: Settlement | undefined;
}

const NOBODY: readonly never[] = [];

/**
 * What becomes of one publication. Only what is out of the ordinary is noted, for nearly every value is taken at once and
 * handled; the rest is worked out when somebody asks.
 */
export class PublicationReceipt implements Receipt {
  readonly id: number;
  private subscribers: readonly Subscribed[] = NOBODY; // of the topic; those beyond `count` came later
  private count = 0;
  private isDispatched = false;
  private notes: Map<Subscribed, Note> | undefined;
  private open = 0; // noted and not settled
  private blocked = 0;
  private changes: Subject<Settlement | undefined> | undefined;

  constructor(id: number) {
    this.id = id;
  }

  get verdicts(): ReadonlyMap<string, Verdict> {
    const verdicts = new Map<string, Verdict>();
    for (const subscriber of this.offeredTo()) {
      const note = this.notes?.get(subscriber);
      if (!note) verdicts.set(subscriber.id, 'accepted');
      else if (note.verdict) verdicts.set(subscriber.id, note.verdict);
    }
    return verdicts;
  }

  get taken$(): Observable<never> {
    return new Observable((subscriber) => {
      const look = () => {
        if (this.isDispatched && this.blocked === 0) subscriber.complete();
      };
      look();
      if (!subscriber.closed) listen(this.changesOf(), subscriber, { next: look });
    });
  }

  get settled$(): Observable<Settlement> {
    return new Observable((subscriber) => {
      const line = new Fifo<Settlement>();
      let begun = false;
      let emitting = false;

      const look = (settlement: Settlement | undefined) => {
        if (begun && settlement) line.push(settlement);
        if (!begun && this.isDispatched) for (const settled of this.settledSoFar()) line.push(settled);
        begun = this.isDispatched;
        if (emitting) return; // it was settled by whoever took the one before
        emitting = true;
        while (line.size > 0 && !subscriber.closed) subscriber.next(line.shift());
        emitting = false;
        if (begun && this.open === 0) subscriber.complete();
      };
      listen(this.changesOf(), subscriber, { next: look });
      look(undefined);
    });
  }

  /** Says that a subscriber had ended before it was offered the value. */
  skipped(subscriber: Subscribed): void {
    this.noted(subscriber, { verdict: undefined, settlement: undefined });
  }

  /** Takes what a subscriber answered that did not handle the value at once. */
  answered(subscriber: Subscribed, verdict: Verdict): void {
    if (verdict === 'blocked') this.blocked++;
    const note = this.notes?.get(subscriber);
    if (note) {
      note.verdict = verdict; // it is settled: refused, say
      return;
    }
    this.noted(subscriber, { verdict, settlement: undefined });
    this.open++;
  }

  /** Says that the first `count` of these subscribers were offered the value. */
  dispatched(subscribers: readonly Subscribed[], count: number): void {
    this.subscribers = subscribers;
    this.count = count;
    this.isDispatched = true;
    this.changes?.next(undefined);
  }

  /** Says that a subscriber that had no room has made some. */
  taken(): void {
    this.blocked--;
    this.changes?.next(undefined);
  }

  settle(subscriber: Subscribed, outcome: Outcome, error?: DeliveryError): void {
    const note = this.notes?.get(subscriber);
    if (!note && outcome === 'succeeded') return;
    const settlement: Settlement = { subscriber: subscriber.id, outcome, ...(error && { error }) };
    if (note) {
      note.settlement = settlement;
      this.open--;
    } else this.noted(subscriber, { verdict: 'accepted', settlement });
    this.changes?.next(settlement);
  }

  private noted(subscriber: Subscribed, note: Note): void {
    this.notes ??= new Map();
    this.notes.set(subscriber, note);
  }

  private changesOf(): Subject<Settlement | undefined> {
    return (this.changes ??= new Subject());
  }

  private offeredTo(): readonly Subscribed[] {
    return this.subscribers.slice(0, this.count);
  }

  private settledSoFar(): readonly Settlement[] {
    return this.offeredTo().flatMap((subscriber): Settlement[] => {
      const note = this.notes?.get(subscriber);
      if (!note) return [{ subscriber: subscriber.id, outcome: 'succeeded' }];
      return note.settlement ? [note.settlement] : [];
    });
  }
}
