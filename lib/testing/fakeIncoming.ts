import { asyncScheduler } from 'rxjs';
import type { Incoming, NackReason } from '../contracts/receiver.ts';
import type { EventId } from '../contracts/receiverIdentity.ts';

/** What the source of an event was told. */
export type FakeAnswer =
  | { readonly kind: 'acked'; readonly at: number }
  | { readonly kind: 'nacked'; readonly at: number; readonly reason: NackReason };

/** An event of a source under the control of a test. */
export interface FakeIncoming<E> extends Incoming<E> {
  /** What its source was told; by the contract it is told once. Times are of the clock of asyncScheduler. */
  readonly answers: readonly FakeAnswer[];
}

/**
 * An event as a receiver takes it from a source, which writes down how it was settled.
 *
 * @example
 * const incoming = fakeIncoming({ order: 7 });
 * receiver.receive(of(incoming));
 * expect(incoming.answers).toEqual([{ kind: 'acked', at: 20 }]);
 */
export function fakeIncoming<E>(event: E, id?: EventId): FakeIncoming<E> {
  const answers: FakeAnswer[] = [];
  return {
    event,
    id,
    answers,
    ack: () => void answers.push({ kind: 'acked', at: asyncScheduler.now() }),
    nack: (reason) => void answers.push({ kind: 'nacked', at: asyncScheduler.now(), reason }),
  };
}
