import {
  catchError,
  concat,
  defer,
  EMPTY,
  finalize,
  from,
  ignoreElements,
  mergeMap,
  of,
  repeat,
  throwError,
  timer,
  type Observable,
} from 'rxjs';
import { OptionError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { enroll } from '../../../operators/internal/inspector.ts';
import { retryDelayMs as delayAfter } from '../../boundary/retryDelayMs.ts';
import type { Outbox, RelayVerdict } from '../../contracts/outbox.ts';
import type { OutgoingMessage, Transport } from '../../contracts/transport.ts';
import { relayPart, type InspectedRelay } from './relayPart.ts';
import { InvalidMessageError, UnroutableError } from '../../contracts/transportFailure.ts';

/** How {@link relayOutbox} works an outbox off. */
export interface RelayOptions {
  /** Most messages of one turn. Default: 100. */
  readonly batchSize?: number | undefined;
  /**
   * Most messages that wait for their confirm at the same time. At 1 (the default) they keep their order whatever happens; more
   * is faster, and a message that fails is overtaken by those that were sent after it.
   */
  readonly concurrency?: number | undefined;
  /** Wait before an outbox that was empty, or that somebody else relays, is looked at again, in ms. Default: 500. */
  readonly pollMs?: number | undefined;
  /** Wait after the first turn that failed, in ms; each later one is twice the one before. Default: 1 000. */
  readonly retryDelayMs?: number | undefined;
  /** Longest of these waits, in ms. Default: 60 000. */
  readonly maxRetryDelayMs?: number | undefined;
}

/** What {@link relayOutbox} tells. */
export type RelayEvent =
  /** So many messages were confirmed, or set aside, in one turn. */
  | { readonly kind: 'relayed'; readonly count: number }
  /** No queue is bound to its routing key. It is kept, and others go on; `redrive` of the outbox brings it back. */
  | { readonly kind: 'setAside'; readonly id: string; readonly reason: string }
  /** The transport, or the outbox, did not do its part: it is tried again after `delayMs`. */
  | { readonly kind: 'failed'; readonly cause: unknown; readonly delayMs: number };

/**
 * Sends what is in an outbox, for as long as it is subscribed to: in order, with confirms, each message at least once.
 *
 * - **Emits** what it has sent, what it had to set aside, and every failure.
 * - **Holds** up to `batchSize` messages.
 * - **Completes** never.
 * - **Errors** never: a failure is emitted, and tried again.
 * - **Unsubscribing** stops sending; what was confirmed is forgotten by the outbox, what was not is sent again by the next one.
 *
 * Any number of them may relay one outbox, in one process or many: one at a time does.
 *
 * @example
 * const relaying = relayOutbox(outbox, transport).subscribe(log);
 */
export function relayOutbox(
  outbox: Pick<Outbox, 'turn'>,
  transport: Transport,
  options: RelayOptions = {},
): Observable<RelayEvent> {
  const { batchSize = 100, concurrency = 1, pollMs = 500, retryDelayMs = 1_000, maxRetryDelayMs = 60_000 } = options;
  checkInteger('batchSize', batchSize, 1);
  checkInteger('concurrency', concurrency, 1);
  for (const [option, value] of Object.entries({ pollMs, retryDelayMs, maxRetryDelayMs })) {
    if (!(value >= 0)) throw new OptionError(option, '0 or more', value);
  }
  const delays = { delayMs: retryDelayMs, maxDelayMs: maxRetryDelayMs };

  return defer(() => {
    const relay = { transport, sending: 0, relayed: 0 };
    const leave = enroll(relay, relayPart);
    let failures = 0;

    const turn$ = defer(() => {
      const told: RelayEvent[] = [];
      return outbox
        .turn(batchSize, (messages) =>
          from(messages).pipe(mergeMap((message) => verdictOf(message, told, relay), concurrency)),
        )
        .pipe(
          mergeMap((turn) => {
            failures = 0;
            if (turn.kind === 'relayed') {
              relay.relayed += turn.count;
              told.push({ kind: 'relayed', count: turn.count });
            }
            return concat(told, turn.kind === 'relayed' && turn.isFull ? EMPTY : pause(pollMs));
          }),
          catchError((cause: unknown) => {
            const delayMs = delayAfter(delays, ++failures);
            return concat(told, of({ kind: 'failed', cause, delayMs } as const), pause(delayMs));
          }),
        );
    });
    return turn$.pipe(
      repeat({ delay: () => timer(0) }),
      finalize(() => leave?.()),
    ); // what completes at once must not grow the stack
  });

  function verdictOf(message: OutgoingMessage, told: RelayEvent[], relay: InspectedRelay): Observable<RelayVerdict> {
    const sent$ = defer(() => {
      relay.sending++;
      return transport.publish(message).pipe(finalize(() => relay.sending--));
    });
    return concat(sent$, of({ kind: 'sent', message } as const)).pipe(
      catchError((failure: unknown) => {
        // It would be refused again, for ever; all others are a matter of time.
        const isOwn = failure instanceof UnroutableError || failure instanceof InvalidMessageError;
        if (!isOwn) return throwError(() => failure);
        told.push({ kind: 'setAside', id: message.id, reason: failure.message });
        return of({ kind: 'setAside', message, reason: failure.message } as const);
      }),
    );
  }
}

function pause(delayMs: number): Observable<never> {
  return timer(delayMs).pipe(ignoreElements());
}
