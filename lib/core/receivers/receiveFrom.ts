import { Observable, type Subscription } from 'rxjs';
import { runFor } from '../../../operators/internal/heldUp.ts';
import type { Acknowledged, Acknowledgement, Incoming, NackReason } from '../../contracts/receiver.ts';
import { ReceiveError } from '../../contracts/receiverFailure.ts';
import type { EventId, ReceiverIdentity } from '../../contracts/receiverIdentity.ts';

/** Where events go, and what goes wrong on the way. */
export interface ReceiveOptions<E> {
  /** Ends the source with all others. */
  readonly sources: Subscription;
  readonly identity: ReceiverIdentity;
  readonly next: (event: E, id: EventId | undefined) => Acknowledgement;
  readonly failed: (error: ReceiveError) => void;
}

/** Takes in what a source emits, and tells those events how they ended that want to know. */
export function receiveFrom<E>(source$: Observable<E | Incoming<E>>, options: ReceiveOptions<E>): Subscription {
  const { sources, identity, next, failed } = options;

  const tell = (at: 'ack' | 'nack', call: () => void) => {
    try {
      call();
    } catch (thrown) {
      failed(new ReceiveError(identity, at, thrown));
    }
  };
  const settle = (incoming: Incoming<E>, end: Acknowledged) => {
    if (end.kind === 'acked') tell('ack', () => incoming.ack());
    else tell('nack', () => incoming.nack(end.error));
  };
  const follow = (taken: Incoming<E>) =>
    next(taken.event, taken.id).settled$.subscribe({ next: (end) => settle(taken, end), error: () => undefined });
  const take = (taken: E | Incoming<E>) => {
    try {
      if (!isIncoming(taken)) next(taken, undefined);
      else runFor(undefined, () => follow(taken));
    } catch (thrown) {
      if (isIncoming(taken)) tell('nack', () => taken.nack(thrown as NackReason));
      else failed(new ReceiveError(identity, 'source', thrown));
    }
  };

  return new Observable<E | Incoming<E>>((subscriber) => {
    sources.add(subscriber); // before it emits, so that one that never stops by itself can be stopped
    if (!subscriber.closed) source$.subscribe(subscriber);
  }).subscribe({
    next: take,
    error: (cause: unknown) => failed(new ReceiveError(identity, 'source', cause)),
  });
}

/** By its two functions: an event has none. */
function isIncoming<E>(taken: E | Incoming<E>): taken is Incoming<E> {
  if (typeof taken !== 'object' || taken === null) return false;
  const { ack, nack } = taken as Partial<Incoming<E>>;
  return typeof ack === 'function' && typeof nack === 'function';
}
