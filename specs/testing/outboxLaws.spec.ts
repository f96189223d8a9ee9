import {
  catchError,
  concat,
  defer,
  EMPTY,
  from,
  ignoreElements,
  lastValueFrom,
  map,
  of,
  tap,
  type Observable,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { memoryOutbox, type MemoryOutbox, type MemoryTransaction } from '../../lib/adapters/memory/memoryOutbox.ts';
import type { RelayVerdict } from '../../lib/contracts/outbox.ts';
import { outboxLaws } from '../../lib/testing/outboxLaws.ts';

type Bug = (outbox: MemoryOutbox) => Partial<MemoryOutbox>;

function broken(bug: Bug, law: RegExp): Promise<boolean> {
  const create = () => {
    const own = memoryOutbox();
    const outbox = { ...own, ...bug(own) };
    const transaction = (work: (transaction: MemoryTransaction) => Promise<void>) =>
      lastValueFrom(
        own.transaction((given) => from(work(given)).pipe(ignoreElements())),
        { defaultValue: undefined },
      );
    return { outbox, transaction };
  };
  const [found, ...others] = outboxLaws(create).filter(({ name }) => law.test(name));
  expect(others).toEqual([]);
  return Promise.resolve(found!.check()).then(
    () => false,
    () => true,
  );
}

const atOnce: MemoryTransaction = { onCommit: (work) => work() };
const quietly = <T>(call$: Observable<T>) => void call$.subscribe({ error: () => {} });

describe('outboxLaws', () => {
  it.each<[string, Bug, RegExp]>([
    [
      'writes beside the transaction',
      (own) => ({ append: (_, messages) => own.append(atOnce, messages) }),
      /rolled back/,
    ],
    ['writes too soon', (own) => ({ append: (_, messages) => own.append(atOnce, messages) }), /before it is committed/],
    [
      'appends at the call',
      (own) => ({ append: (transaction, messages) => (quietly(own.append(transaction, messages)), EMPTY) }),
      /before it is subscribed/,
    ],
    [
      'turns the order round',
      (own) => ({ append: (transaction, messages) => own.append(transaction, [...messages].reverse()) }),
      /in order/,
    ],
    [
      'takes an id once',
      (own) => {
        const ids = new Set<string>();
        return {
          append: (transaction, messages) =>
            own.append(
              transaction,
              messages.filter(({ id }) => !ids.has(id) && ids.add(id)),
            ),
        };
      },
      /in order/,
    ],
    [
      'forgets what it has handed out',
      (own) => ({
        turn: (max, send) =>
          own.turn(max, (messages) =>
            concat(
              from(messages).pipe(map((message) => ({ kind: 'sent' as const, message }))),
              send(messages).pipe(ignoreElements()),
            ),
          ),
      }),
      /forgets what was sent, and that alone/,
    ],
    [
      'forgets nothing when a turn fails',
      (own) => ({
        turn: (max, send) =>
          own.turn(max, (messages) => {
            const verdicts: RelayVerdict[] = [];
            return concat(
              send(messages).pipe(
                tap((verdict) => verdicts.push(verdict)),
                ignoreElements(),
              ),
              defer(() => verdicts),
            );
          }),
      }),
      /forgets what was sent, and that alone/,
    ],
    ['hands out all', (own) => ({ turn: (_, send) => own.turn(1_000, send) }), /as many as it is asked for/],
    [
      'hides failures',
      (own) => ({
        turn: (max, send) =>
          own.turn(max, send).pipe(catchError(() => of({ kind: 'relayed' as const, count: 0, isFull: false }))),
      }),
      /forgets what was sent, and that alone/,
    ],
    ['loses what it sets aside', () => ({ redrive: () => of(2) }), /sets aside/],
    [
      'lets two relay',
      (own) => {
        let free = own;
        return {
          append: (transaction, messages) => own.append(transaction, messages),
          turn: (max, send) => {
            const other = memoryOutbox();
            const turn$ = free.turn(max, send);
            free = other;
            return turn$;
          },
        };
      },
      /lets one at a time relay/,
    ],
    [
      'takes any message',
      (own) => ({
        append: (transaction, messages) =>
          own.append(
            transaction,
            messages.filter(({ routingKey }) => !routingKey.includes('*')),
          ),
      }),
      /refuses what no transport/,
    ],
    [
      'reads messages at the commit',
      (own) => ({
        append: (transaction, messages) => {
          transaction.onCommit(() => void setTimeout(() => quietly(own.append(atOnce, messages)), 0));
          return EMPTY;
        },
        turn: (max, send) =>
          defer(() => new Promise((resolve) => setTimeout(resolve, 5))).pipe(ignoreElements(), (wait$) =>
            concat(wait$, own.turn(max, send)),
          ),
      }),
      /as they are at the append/,
    ],
  ])('finds an outbox that %s', async (_, bug, law) => {
    expect(await broken(bug, law)).toBe(true);
  });
});
