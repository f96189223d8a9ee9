import { AsyncSubject, defer, Observable, Subject, switchMap, take, takeUntil } from 'rxjs';
import { heldUp } from '../../../operators/internal/heldUp.ts';
import type { Wait } from '../../../operators/internal/part.ts';
import type { Receipt } from '../../contracts/delivery.ts';
import type { Acknowledged, Acknowledgement } from '../../contracts/receiver.ts';
import type { EventId } from '../../contracts/receiverIdentity.ts';

/** What an {@link Ack} is the end of. */
export interface Retried {
  readonly id: EventId;
  retry(): Acknowledgement;
}

const PENDING = { kind: 'pending' } as const;

/** How one run of an event through the routes ends: once, and what comes later is not heard. */
export class Ack implements Acknowledgement {
  readonly id: EventId;
  private readonly of: Retried;
  private readonly wait: Wait;
  private receipt: Receipt | undefined = undefined;
  private offered: Subject<Receipt> | undefined = undefined; // for who asks before there is a receipt
  private end: Acknowledged | undefined = undefined;
  private settled: AsyncSubject<Acknowledged> | undefined = undefined; // made when somebody asks

  /** `wait`: what whoever waits for its end waits for. */
  constructor(of: Retried, wait: Wait) {
    this.id = of.id;
    this.wait = wait;
    this.of = of;
  }

  get isPending(): boolean {
    return this.end === undefined;
  }

  get state(): Acknowledgement['state'] {
    return this.end ?? PENDING;
  }

  get settled$(): Observable<Acknowledged> {
    return new Observable((subscriber) => {
      subscriber.add(heldUp(() => this.wait));
      return this.ending().subscribe(subscriber);
    });
  }

  get taken$(): Observable<never> {
    return defer(() => {
      if (this.receipt) return this.receipt.taken$;
      this.offered ??= new Subject();
      return this.offered.pipe(
        take(1),
        switchMap(({ taken$ }) => taken$),
      );
    }).pipe(takeUntil(this.ending()));
  }

  get refused(): readonly string[] {
    return [...(this.receipt?.verdicts ?? [])].flatMap(([route, verdict]) => (verdict === 'refused' ? [route] : []));
  }

  retry(): Acknowledgement {
    return this.end?.kind === 'nacked' ? this.of.retry() : this;
  }

  /** Says that the event was offered to its routes. */
  offer(receipt: Receipt): void {
    this.receipt = receipt;
    this.offered?.next(receipt);
  }

  /** Only while it is pending. Nobody is told yet. */
  settle(end: Acknowledged): void {
    this.end = end;
  }

  tell(): void {
    if (this.settled && this.end) tell(this.settled, this.end);
  }

  private ending(): Observable<Acknowledged> {
    if (!this.settled) {
      this.settled = new AsyncSubject();
      if (this.end) tell(this.settled, this.end);
    }
    return this.settled;
  }
}

function tell(settled: AsyncSubject<Acknowledged>, end: Acknowledged): void {
  settled.next(end);
  settled.complete();
}
