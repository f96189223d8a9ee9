import type { Unsubscribable } from 'rxjs';
import type { Wait } from '../../../operators/internal/part.ts';
import type { Outcome, Settlement } from '../../contracts/delivery.ts';
import { ClosedError, type DeliveryError } from '../../contracts/deliveryFailure.ts';
import type { Acknowledged, Acknowledgement, NackReason } from '../../contracts/receiver.ts';
import { AckTimeoutError, NackedError, type RouteError, type RouteFailure } from '../../contracts/receiverFailure.ts';
import type { EventId, ReceiverIdentity } from '../../contracts/receiverIdentity.ts';
import type { Deadline, Deadlines } from '../paging/deadlines.ts';
import type { PublicationReceipt } from '../topics/publicationReceipt.ts';
import { Ack, type Retried } from './ack.ts';
import type { Envelope } from './envelope.ts';

/** What all trees of a receiver have in common. */
export interface AckTreeOptions<E> {
  readonly identity: ReceiverIdentity;
  readonly ackTimeoutMs: number;
  /** Hands an event to these routes, or to all. */
  readonly publish: (envelope: Envelope<E>, to: ReadonlySet<string> | undefined) => PublicationReceipt;
  readonly errorOf: (error: DeliveryError) => RouteError;
}

/** What an {@link AckTree} needs of its receiver. */
export interface AckTreeHost<E> {
  readonly options: AckTreeOptions<E>;
  readonly deadlines: Deadlines;
  /** What whoever waits for the end of an event waits for. */
  readonly wait: Wait;
  /** Says when an event may be handed on: now or later, unless it is refused, or unsubscribed before. */
  readonly admit: (admitted: () => void, refused: (reason: NackReason) => void) => Unsubscribable;
  readonly retry: (tree: AckTree<E>) => Acknowledgement;
  /** Takes the end of each run, and tells it to whoever waits for it. */
  readonly settled: (tree: AckTree<E>, ack: Ack, end: Acknowledged) => void;
}

const FAILURES: ReadonlySet<Outcome> = new Set<Outcome>(['failed', 'refused', 'discarded']);

/** One event and how it stands at each route. It is settled when the last of them has settled it, whatever the others said. */
export class AckTree<E> implements Retried {
  /** The run under way, or the last one. */
  ack: Ack | undefined = undefined;
  readonly id: EventId;
  /** Whether the source gave it its id, and may redeliver it. */
  readonly isNamed: boolean;
  private readonly host: AckTreeHost<E>;
  private readonly envelope: Envelope<E>;
  private readonly outcomes = new Map<string, Outcome>();
  private failures: Map<string, RouteFailure> | undefined = undefined; // most events have none
  private open: readonly PublicationReceipt[] = []; // several when it is retried while a route still has it
  private isOffered = false;
  private admission: Unsubscribable | undefined = undefined;
  private deadline: Deadline | undefined = undefined;

  constructor(host: AckTreeHost<E>, envelope: Envelope<E>, isNamed: boolean) {
    this.id = envelope.id;
    this.host = host;
    this.envelope = envelope;
    this.isNamed = isNamed;
  }

  /** Hands the event to all routes, or, the next time, to those that failed; those that have not settled it yet are waited for. */
  run(): Ack {
    const { host } = this;
    const ack = new Ack(this, host.wait);
    this.ack = ack;
    this.deadline = host.deadlines.startNew(() => this.late());
    const failed = this.isOffered ? new Set(this.failures?.keys()) : undefined;
    if (failed?.size === 0) this.conclude();
    else {
      const admission = host.admit(
        () => this.offer(failed),
        (reason) => this.nack(reason),
      );
      if (ack.isPending) this.admission = admission;
    }
    return ack;
  }

  /** Runs it again, unless somebody else has. */
  retry(): Acknowledgement {
    return this.host.retry(this);
  }

  /** Ends the run under way, if there is one. */
  nack(error: NackReason): void {
    this.end({ kind: 'nacked', outcomes: new Map(this.outcomes), error });
  }

  private offer(to: ReadonlySet<string> | undefined): void {
    for (const route of to ?? []) {
      this.outcomes.delete(route);
      this.failures?.delete(route);
    }
    let receipt: PublicationReceipt;
    try {
      receipt = this.host.options.publish(this.envelope, to);
    } catch (thrown) {
      const { identity } = this.host.options;
      this.nack(thrown instanceof ClosedError ? thrown : new NackedError(identity, this.id, [], thrown));
      return;
    }
    this.isOffered = true;
    this.open = [...this.open, receipt];
    this.ack?.offer(receipt);
    const done = () => {
      this.open = this.open.filter((one) => one !== receipt);
      this.conclude();
    };
    receipt.follow((settlement) => this.note(settlement), done);
  }

  private note({ subscriber, outcome, error }: Settlement): void {
    this.outcomes.set(subscriber, outcome);
    if (!FAILURES.has(outcome)) return;
    this.failures ??= new Map();
    this.failures.set(subscriber, {
      route: subscriber,
      outcome,
      ...(error && { error: this.host.options.errorOf(error) }),
    });
  }

  private conclude(): void {
    if (this.open.length > 0) return;
    const { identity } = this.host.options;
    if (this.failures?.size) this.nack(new NackedError(identity, this.id, [...this.failures.values()]));
    else this.end({ kind: 'acked', outcomes: this.outcomes }); // which change no more
  }

  private late(): void {
    const { identity, ackTimeoutMs } = this.host.options;
    const routes = this.open.flatMap(({ verdicts }) => [...verdicts.keys()]);
    const unsettled = routes.filter((route) => !this.outcomes.has(route));
    this.nack(new AckTimeoutError(identity, this.id, ackTimeoutMs, unsettled));
  }

  private end(end: Acknowledged): void {
    const { ack, deadline, admission } = this;
    if (!ack?.isPending) return;
    if (deadline) this.host.deadlines.settle(deadline);
    admission?.unsubscribe();
    this.admission = undefined;
    ack.settle(end);
    this.host.settled(this, ack, end);
  }
}
