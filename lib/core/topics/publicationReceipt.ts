import { Observable } from 'rxjs';
import type { Outcome, Receipt, Settlement, Verdict } from '../../contracts/delivery.ts';
import type { DeliveryError } from '../../contracts/deliveryFailure.ts';
import { Listeners } from './listeners.ts';
import { settlementOf, type Note, type Subscribed } from './note.ts';
import { OneByOne } from './oneByOne.ts';
import { untilSettled, untilTaken } from './receiptWait.ts';

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
  notes: Map<Subscribed, Note> | undefined = undefined;
  private open = 0; // noted and not settled
  blocked = 0;
  /** Takes each settlement as it is made, and undefined for all other changes. */
  private changes: Listeners<Settlement | undefined> | undefined = undefined;

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
      if (!subscriber.closed) subscriber.add(untilTaken(this, this.listen(look)));
    });
  }

  get settled$(): Observable<Settlement> {
    return new Observable((subscriber) => {
      const line = new OneByOne(subscriber);
      const look = () => {
        if (line.emit() && this.isSettled) subscriber.complete();
      };
      const unlisten = this.heed((settlement) => line.push(settlement), look);
      subscriber.add(untilSettled(this, unlisten));
    });
  }

  /** As `settled$`, for one inside that neither throws nor settles anything in `settled`: a stream per event takes 3 KB. @internal */
  follow(settled: (settlement: Settlement) => void, done: () => void): void {
    this.heed(settled, () => {
      if (this.isSettled) done(); // nothing changes any more
    });
  }

  /** Says that a subscriber had ended before it was offered the value. */
  skipped(subscriber: Subscribed): void {
    this.noted({ subscriber, verdict: undefined, outcome: undefined, error: undefined });
  }

  /** Takes what a subscriber answered that did not handle the value at once. */
  answered(subscriber: Subscribed, verdict: Verdict): void {
    if (verdict === 'blocked') this.blocked++;
    const note = this.notes?.get(subscriber);
    if (note) {
      note.verdict = verdict; // it is settled: refused, say
      return;
    }
    this.noted({ subscriber, verdict, outcome: undefined, error: undefined });
    this.open++;
  }

  /** Says that the first `count` of these subscribers were offered the value. */
  dispatched(subscribers: readonly Subscribed[], count: number): void {
    this.subscribers = subscribers;
    this.count = count;
    this.isDispatched = true;
    this.changes?.tell(undefined);
  }

  /** Says that a subscriber that had no room has made some. */
  taken(): void {
    this.blocked--;
    this.changes?.tell(undefined);
  }

  settle(subscriber: Subscribed, outcome: Outcome, error?: DeliveryError): void {
    let note = this.notes?.get(subscriber);
    if (!note && outcome === 'succeeded') return;
    if (note) {
      note.outcome = outcome;
      note.error = error;
      this.open--;
    } else note = this.noted({ subscriber, verdict: 'accepted', outcome, error });
    this.changes?.tell(settlementOf(note, outcome));
  }

  private noted(note: Note): Note {
    this.notes ??= new Map();
    this.notes.set(note.subscriber, note);
    return note;
  }

  /** Hands over the settlements there are, and then each as it is made; `changed` is called after each change, and at once. */
  private heed(settled: (settlement: Settlement) => void, changed: () => void): () => void {
    let begun = false;
    const look = (settlement: Settlement | undefined) => {
      if (begun && settlement) settled(settlement);
      if (!begun && this.isDispatched) for (const soFar of this.settledSoFar()) settled(soFar);
      begun = this.isDispatched;
      changed();
    };
    const unlisten = this.listen(look);
    look(undefined);
    return unlisten;
  }

  private listen(listener: (settlement: Settlement | undefined) => void): () => void {
    return (this.changes ??= new Listeners()).add(listener);
  }

  private get isSettled(): boolean {
    return this.isDispatched && this.open === 0;
  }

  private offeredTo(): readonly Subscribed[] {
    return this.subscribers.slice(0, this.count);
  }

  private settledSoFar(): readonly Settlement[] {
    return this.offeredTo().flatMap((subscriber): Settlement[] => {
      const note = this.notes?.get(subscriber);
      if (!note) return [{ subscriber: subscriber.id, outcome: 'succeeded' }];
      return note.outcome ? [settlementOf(note, note.outcome)] : [];
    });
  }
}
