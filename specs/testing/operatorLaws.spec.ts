import {
  auditTime,
  catchError,
  concatMap,
  concatWith,
  debounceTime,
  delay,
  EMPTY,
  filter,
  identity,
  map,
  NEVER,
  Observable,
  of,
  scan,
  Subject,
  Subscription,
  switchMap,
  take,
  throwError,
  toArray,
  type Observer,
  type OperatorFunction,
  type TeardownLogic,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { operatorLaws, type OperatorTraits } from '../../lib/testing/operatorLaws.ts';

type Numbers = OperatorFunction<number, unknown>;

const lawful: Record<string, [create: () => Numbers, traits?: OperatorTraits]> = {
  map: [() => map((n) => n * 2), { throwing: (thrown) => map(() => raise(thrown)) }],
  filter: [() => filter((n) => n > 1), { throwing: (thrown) => filter(() => raise(thrown)) }],
  concatMap: [() => concatMap((n) => of(n, n)), { throwing: (thrown) => concatMap(() => raise(thrown)) }],
  identity: [() => identity],
  take: [() => take(2)],
  scan: [() => scan((sum, n) => sum + n, 0)],
  toArray: [() => toArray()],
  switchMap: [() => switchMap((n) => of(n).pipe(delay(10)))],
  debounceTime: [() => debounceTime(100)],
  auditTime: [() => auditTime(100)],
  delay: [() => delay(1_000)],
  'a catch-all': [() => catchError(() => of(0)), { passesErrors: false }],
  'an endless tail': [() => concatWith(NEVER), { completesWithSource: false }],
};

describe.each(Object.entries(lawful))('operatorLaws of %s', (_, [create, traits]) => {
  for (const law of operatorLaws(create, traits)) it(law.name, law.check);
});

/** Operators as people write them, each with the law that it breaks and what the law says of it. */
const zoo: readonly [law: string, says: string, operator: Numbers, traits?: OperatorTraits][] = [
  [
    'does nothing until subscribed',
    'it subscribed to its source before anybody subscribed to it',
    (source$) => {
      const early$ = new Subject();
      source$.subscribe(early$);
      return early$;
    },
  ],
  [
    'keeps no state in the operator value: used twice, it does the same twice',
    'first it subscribed once and gave 1, 3, 6, complete, then it subscribed once and gave 7, 9, 12, complete',
    ((sum) => map((n: number) => (sum += n)))(0),
  ],
  [
    'keeps its consumers apart: one leaves, the other hears everything',
    'alone it hears 1, 2, 3, now nothing',
    (source$) => {
      const all = new Subscription();
      return new Observable((subscriber) => {
        all.add(source$.subscribe(subscriber));
        return all;
      });
    },
  ],
  [
    'lets go of its source when the consumer unsubscribes',
    'it is still subscribed to its source',
    byHand((source$, subscriber) => {
      source$.subscribe((n) => subscriber.next(n));
    }),
  ],
  [
    'says nothing after the consumer has unsubscribed',
    'the consumer had left after 1, 2, and heard 1, 2, 3, complete',
    (source$) =>
      unguarded((consumer) => {
        source$.subscribe(consumer);
      }),
  ],
  [
    'lets go of its source when the consumer leaves from within next',
    'it is still subscribed to its source',
    byHand((source$, subscriber) => {
      let busy = false;
      const subscription = source$.subscribe((n) => {
        busy = true;
        subscriber.next(n);
        busy = false;
      });
      return () => {
        if (!busy) subscription.unsubscribe();
      };
    }),
  ],
  [
    'stops a synchronous endless source once the consumer has left',
    'the consumer left, and the source was made to give 1999 more values',
    byHand((source$, subscriber) => source$.subscribe({ next: (n) => subscriber.next(n) })),
  ],
  [
    'lets go of its source once it has ended itself',
    'it ended by itself, and is still subscribed to its source',
    byHand((source$, subscriber) => {
      source$.subscribe(() => subscriber.complete());
    }),
  ],
  [
    'ends once and says nothing after the end, whatever its source does',
    'it ended 3 times',
    (source$) =>
      unguarded(({ next, error, complete }) => {
        source$.subscribe({ next, error, complete });
      }),
  ],
  [
    'bears a consumer that feeds the source from within next',
    'called from within itself',
    byHand((source$, subscriber) => {
      let busy = false;
      return source$.subscribe((n) => {
        if (busy) throw new Error('called from within itself');
        busy = true;
        subscriber.next(n);
        busy = false;
      });
    }),
  ],
  [
    'leaves no timer behind when the consumer unsubscribes',
    '2 timers are still set',
    map((n) => setTimeout(() => n, 1)),
  ],
  [
    'passes the error of its source on, as it is',
    'the source failed, and the consumer got Error: Error: of the source',
    catchError((error: unknown) => throwError(() => new Error(String(error)))),
  ],
  [
    'passes the error of its source on, as it is',
    'the source failed, the consumer heard complete',
    catchError(() => EMPTY),
  ],
  [
    'completes once its source has',
    'the source completed after 0 values, the consumer heard nothing',
    concatWith(NEVER),
  ],
  [
    'sends down the error channel what a callback throws, and stops its source',
    'of the callback',
    identity,
    {
      throwing: (thrown) => byHand((source$, subscriber) => source$.subscribe(() => subscriber.next(raise(thrown)))),
    },
  ],
  [
    'sends down the error channel what a callback throws, and stops its source',
    'the consumer got Error: failed, which is not what was thrown, nor has it as its cause',
    identity,
    { throwing: () => map(() => raise(new Error('failed'))) },
  ],
  [
    'sends down the error channel what a callback throws, and stops its source',
    'a callback threw, and the source went on',
    identity,
    {
      throwing: (thrown) => byHand((source$, subscriber) => source$.subscribe(() => subscriber.error(thrown))),
    },
  ],
];

describe('operatorLaws', () => {
  it.each(zoo)('catches an operator that breaks: %s (%s)', (name, says, operator, traits) => {
    const law = operatorLaws(() => operator, traits).find((candidate) => candidate.name === name);
    expect(law?.check).toThrow(says);
  });

  it('has caught an operator with every one of its laws', () => {
    const laws = operatorLaws(() => identity, { throwing: () => identity });
    expect(new Set(zoo.map(([law]) => law))).toEqual(new Set(laws.map(({ name }) => name)));
  });
});

function raise(thrown: unknown): never {
  throw thrown;
}

function byHand(subscribe: (source$: Observable<number>, subscriber: Observer<unknown>) => TeardownLogic): Numbers {
  return (source$) => new Observable((subscriber) => subscribe(source$, subscriber));
}

function unguarded(run: (consumer: Observer<unknown>) => void): Observable<unknown> {
  return Object.assign(new Unguarded(), { run });
}

/** Hands out its consumer as it is, as a class can that overrides `subscribe`. */
class Unguarded extends Observable<unknown> {
  run: (consumer: Observer<unknown>) => void = () => {};

  override subscribe(consumer?: Partial<Observer<unknown>> | ((value: unknown) => void) | null): Subscription {
    this.run(consumer as Observer<unknown>);
    return new Subscription();
  }
}
