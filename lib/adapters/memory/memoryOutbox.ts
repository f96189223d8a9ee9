import { concat, defer, EMPTY, from, ignoreElements, of, tap, type Observable, type ObservableInput } from 'rxjs';
import { OverflowError } from '../../../operators/errors.ts';
import { checkInteger } from '../../../operators/internal/checkOption.ts';
import { checkMessage } from '../../boundary/checkMessage.ts';
import type { Outbox, RelayVerdict } from '../../contracts/outbox.ts';
import type { OutgoingMessage } from '../../contracts/transport.ts';
import { copyOfMessage } from './copyOfMessage.ts';

/** A change of state in memory: what is written in it shows when it is committed. */
export interface MemoryTransaction {
  /** Called once when it is committed, in the order of the calls. */
  onCommit(work: () => void): void;
}

/** How much {@link memoryOutbox} keeps. */
export interface MemoryOutboxOptions {
  /** Most messages, those set aside included; `append` beyond that errors with OverflowError. Default: 100 000. */
  readonly maxMessages?: number | undefined;
}

/** An outbox in memory, and the transactions to write to it. */
export interface MemoryOutbox extends Outbox<MemoryTransaction> {
  /** Commits when the work completes; rolls back when it errors, or is unsubscribed from. */
  transaction<T>(work: (transaction: MemoryTransaction) => ObservableInput<T>): Observable<T>;
  /** How many messages it keeps, those set aside included. */
  readonly size: number;
}

/**
 * Keeps messages until they are relayed, while the process lives.
 *
 * @example
 * const outbox = memoryOutbox();
 * const placed$ = outbox.transaction((transaction) => outbox.append(transaction, [message]));
 */
export function memoryOutbox(options: MemoryOutboxOptions = {}): MemoryOutbox {
  const { maxMessages = 100_000 } = options;
  checkInteger('maxMessages', maxMessages, 1);
  let waiting = new Set<OutgoingMessage>(); // in order
  const aside = new Set<OutgoingMessage>();
  let isBusy = false;

  const settle = ({ kind, message }: RelayVerdict) => {
    if (waiting.delete(message) && kind === 'setAside') aside.add(message);
  };

  const size = () => waiting.size + aside.size;

  return {
    get size() {
      return size();
    },

    transaction: (work) =>
      defer(() => {
        const writes: (() => void)[] = [];
        const commit = () => writes.forEach((write) => write());
        return from(work({ onCommit: (write) => void writes.push(write) })).pipe(tap({ complete: commit }));
      }),

    append: (transaction, messages) =>
      defer(() => {
        messages.forEach(checkMessage);
        if (size() + messages.length > maxMessages) throw new OverflowError('memoryOutbox', maxMessages);
        for (const copy of messages.map(copyOfMessage)) transaction.onCommit(() => void waiting.add(copy));
        return EMPTY;
      }),

    turn: (max, send) =>
      defer(() => {
        if (isBusy) return of({ kind: 'busy' } as const);
        const batch = firstOf(waiting, max);
        if (batch.length === 0) return of({ kind: 'idle' } as const);
        let count = 0;
        const isOver = () => void (isBusy = false);
        isBusy = true;
        return concat(
          defer(() => send(batch)).pipe(
            tap({
              next(verdict) {
                settle(verdict);
                count++;
              },
              error: isOver,
              complete: isOver,
              unsubscribe: isOver,
            }),
            ignoreElements(),
          ),
          defer(() => of({ kind: 'relayed', count, isFull: batch.length === max } as const)),
        );
      }),

    redrive: () =>
      defer(() => {
        const count = aside.size;
        waiting = new Set([...aside, ...waiting]);
        aside.clear();
        return of(count);
      }),
  };
}

function firstOf<T>(values: Iterable<T>, count: number): readonly T[] {
  const first: T[] = [];
  for (const value of values) {
    if (first.length >= count) break;
    first.push(value);
  }
  return first;
}
