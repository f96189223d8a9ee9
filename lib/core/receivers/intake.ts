import { ignoreElements, map, startWith, Subject, takeWhile, type Observable, type Unsubscribable } from 'rxjs';
import type { Wait } from '../../../operators/internal/part.ts';
import { ClosedError } from '../../contracts/deliveryFailure.ts';
import type { Acknowledged, Acknowledgement, NackReason } from '../../contracts/receiver.ts';
import { AckTimeoutError, RateLimitError } from '../../contracts/receiverFailure.ts';
import type { EventId } from '../../contracts/receiverIdentity.ts';
import { Deadlines } from '../paging/deadlines.ts';
import type { Topic } from '../topics/topic.ts';
import type { Ack } from './ack.ts';
import { AckMemory } from './ackMemory.ts';
import { AckTree, type AckTreeHost, type AckTreeOptions } from './ackTree.ts';
import type { TenantLimits } from './createRateLimits.ts';
import type { Envelope } from './envelope.ts';
import type { RateLine, Seat } from './rateLine.ts';
import type { EventCounts } from './receiver.ts';

/** What an {@link Intake} needs of its receiver. */
export interface IntakeOptions<E> extends AckTreeOptions<E> {
  /** What events go to. */
  readonly topic: Topic<Envelope<E>>;
  readonly limits: TenantLimits | undefined;
  readonly rememberNacked: number;
  readonly failed: (error: AckTimeoutError | RateLimitError) => void;
}

/** Where events come in: each begins its tree here, within the rate limit of the tenant, and is counted when it ends. */
export class Intake<E> implements AckTreeHost<E> {
  readonly options: IntakeOptions<E>;
  readonly deadlines: Deadlines;
  readonly wait: Wait;
  private readonly memory: AckMemory<E>;
  private readonly looks = new Subject<void>();
  private readonly line: RateLine | undefined;
  private seat: Seat | undefined = undefined; // given up at the end
  private readonly counts = { received: 0, retried: 0, acked: 0, nacked: 0, pending: 0, joined: 0 };
  private isClosed = false;

  constructor(options: IntakeOptions<E>) {
    const { identity, ackTimeoutMs, limits, topic } = options;
    this.wait = { how: 'waits for', on: topic, called: `receiver '${topic.name}'` };
    this.options = options;
    this.deadlines = new Deadlines(ackTimeoutMs);
    this.memory = new AckMemory(options.rememberNacked);
    this.line = limits?.lineOf(identity.tenant);
    this.seat = this.line?.join(topic.name);
  }

  /** How many events are held back. */
  get delayed(): number {
    return this.seat?.waiting.size ?? 0;
  }

  /** Completes when none is. */
  idle$(): Observable<never> {
    return this.looks.pipe(
      startWith(undefined),
      map(() => this.delayed),
      takeWhile((delayed) => delayed > 0),
      ignoreElements(),
    );
  }

  account(): EventCounts {
    return { ...this.counts, delayed: this.delayed };
  }

  next(event: E, id: EventId | undefined): Acknowledgement {
    this.checkOpen();
    this.counts.received++;
    const known = id === undefined ? undefined : this.memory.find(id);
    if (!known) return this.begin(new AckTree(this, { id: id ?? this.counts.received, event }, id !== undefined));
    if (!known.ack?.isPending) return this.begin(known);
    this.counts.joined++;
    return known.ack;
  }

  retry(tree: AckTree<E>): Acknowledgement {
    if (tree.ack && tree.ack.state.kind !== 'nacked') return tree.ack; // somebody else has retried it
    this.checkOpen();
    this.counts.retried++;
    return this.begin(tree);
  }

  admit(admitted: () => void, refused: (reason: NackReason) => void): Unsubscribable {
    const { line, seat } = this;
    if (!line || !seat) {
      admitted();
      return NOTHING;
    }
    const leave = () => {
      admitted();
      this.looks.next();
    };
    return line.enter(seat, leave, (retryAfterMs) => {
      const { identity } = this.options;
      refused(retryAfterMs === undefined ? this.closed() : new RateLimitError(identity, line.perSecond, retryAfterMs));
    });
  }

  settled(tree: AckTree<E>, ack: Ack, end: Acknowledged): void {
    this.counts.pending--;
    this.counts[end.kind]++;
    this.memory.ended(tree, end.kind);
    if (this.counts.pending === 0) this.deadlines.rest();
    ack.tell();
    const error = end.kind === 'nacked' ? end.error : undefined;
    if (error instanceof AckTimeoutError || error instanceof RateLimitError) this.options.failed(error);
    this.looks.next();
  }

  /** Throws ClosedError when it takes no more events. */
  checkOpen(): void {
    if (this.isClosed) throw this.closed();
  }

  /** Takes no more events; those that are held back stay. */
  close(): void {
    this.isClosed = true;
  }

  /** Nacks what is held back. */
  stop(): void {
    this.close();
    const { line, seat } = this;
    this.seat = undefined;
    if (seat) line?.leave(seat);
  }

  private begin(tree: AckTree<E>): Ack {
    this.counts.pending++;
    if (tree.isNamed) this.memory.begun(tree);
    return tree.run();
  }

  private closed(): ClosedError {
    const { tenant, receiver } = this.options.identity;
    return new ClosedError(`${tenant}/${receiver}`);
  }
}

const NOTHING: Unsubscribable = { unsubscribe: () => undefined };
