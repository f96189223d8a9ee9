import { defer, EMPTY, ignoreElements, Observable } from 'rxjs';
import { listen } from '../../operators/internal/listen.ts';
import type { Handled } from '../contracts/handled.ts';
import { callLog, type Noted } from './callLog.ts';

/** What a handler is told by a topic; a receiver tells its routes more, a consumer less. */
export interface FakeContext {
  readonly topic: string;
  readonly id: number;
  readonly attempt: number;
  readonly signal: AbortSignal;
}

/** One call of a handler. `succeeded` is an ack, `failed` a nack; `cancelled`: nobody waited any more. */
export interface FakeAttempt extends Noted {
  readonly attempt: number;
}

/** A value on its way to a handler. */
export interface FakeDelivery<A, Facts extends object> {
  readonly value: A;
  /** Every call of a handler so far, the first one first. */
  readonly attempts: readonly FakeAttempt[];
  /**
   * Hands the value to a handler when it is subscribed to, each time as the next attempt. Completes when it is handled, and errors
   * when it is not; unsubscribing aborts the signal.
   */
  to(
    handle: (value: A, context: Omit<FakeContext, keyof Facts> & Facts & { readonly signal: AbortSignal }) => Handled,
  ): Observable<never>;
}

const MOST_ATTEMPTS = 10_000;

/**
 * What a handler is given, without a topic: a value, and what it is told besides; `facts` say what is not as for the first value
 * of a topic named `fake`.
 *
 * @example
 * const delivery = fakeDelivery({ order: 7 }, { tenant: 'a', receiver: 'orders', route: 'mail' });
 *
 * expectObservable(delivery.to(route.handle)).toBe('20ms |');
 */
export function fakeDelivery<A, Facts extends object = object>(
  value: A,
  facts: Facts = {} as Facts,
): FakeDelivery<A, Facts> {
  const log = callLog<Pick<FakeAttempt, 'attempt'>>('fakeDelivery', MOST_ATTEMPTS);
  const { attempt: first = 1 } = facts as { readonly attempt?: number };

  return {
    value,
    attempts: log.all,
    to: (handle) =>
      defer(() => {
        const attempt = first + log.all.length;
        const handled$ = new Observable<never>((subscriber) => {
          const abort = new AbortController();
          subscriber.add(() => abort.abort());
          const context = { topic: 'fake', id: 1, ...facts, attempt, signal: abort.signal };
          const work$ = defer(() => handle(value, context) ?? EMPTY).pipe(ignoreElements());
          listen(work$, subscriber, { next: () => undefined });
        });
        return log.note({ attempt }, handled$);
      }),
  };
}
