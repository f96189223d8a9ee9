import { Observable, Subject, Subscription, take, tap, type Observer, type OperatorFunction } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { countTimers } from './countTimers.ts';
import { ensure, type Law } from './law.ts';
import { showValue } from './showValue.ts';

/** What an operator does that not every operator does. */
export interface OperatorTraits {
  /** False for operators whose job is to keep errors from the consumer. Default: true. */
  readonly passesErrors?: boolean | undefined;
  /** False for operators that go on after the source has completed. Default: true. */
  readonly completesWithSource?: boolean | undefined;
  /** The operator with a callback that throws this. Without it, nothing is checked about callbacks. */
  readonly throwing?: ((thrown: unknown) => OperatorFunction<number, unknown>) | undefined;
}

/** Everything one consumer heard, in the order it heard it. */
interface Heard {
  readonly values: unknown[];
  readonly ends: { readonly kind: 'error' | 'complete'; readonly error?: unknown }[];
  afterEnd: number;
}

type Operator = () => OperatorFunction<number, unknown>;
type Rule = (create: Operator, letTimePass: () => void) => void;

const ENDLESS = 2_000;
const LONG_MS = 600_000;

/**
 * The rules every pipeable operator keeps, ready for any test runner. The source gives ascending numbers, timers run in
 * virtual time: they pass as `letTimePass` is called, ten minutes at a time. A rule about what happens once a value is
 * out says nothing about an operator that gives none.
 *
 * @example
 * for (const law of operatorLaws(() => mergeMapBounded(of))) it(law.name, law.check);
 */
export function operatorLaws(create: Operator, traits: OperatorTraits = {}): readonly Law[] {
  const { passesErrors = true, completesWithSource = true, throwing } = traits;
  const rules: Record<string, Rule> = {
    ...always,
    ...(passesErrors ? errors : {}),
    ...(completesWithSource ? completion : {}),
    ...(throwing ? callbacks(throwing) : {}),
  };
  return [
    ...Object.entries(rules).map(([name, rule]) => ({ name, check: () => inVirtualTime(rule, create) })),
    leavesNoTimer(create),
  ];
}

const always: Record<string, Rule> = {
  'does nothing until subscribed': (create) => {
    let subscribed = 0;
    const source$ = new Observable<number>(() => {
      subscribed++;
    });
    void create()(source$);
    ensure(subscribed === 0, 'it subscribed to its source before anybody subscribed to it');
  },

  'keeps no state in the operator value: used twice, it does the same twice': (create, letTimePass) => {
    const [first, second] = useTwice(create(), letTimePass);
    ensure(first === second, `first it ${first}, then it ${second}`);
  },

  'keeps its consumers apart: one leaves, the other hears everything': (create, letTimePass) => {
    const alone$ = new Subject<number>();
    const { heard: expected } = consume(create()(alone$));
    const shared$ = new Subject<number>();
    const result$ = create()(shared$);
    const leaver = consume(result$);
    const { heard: stayed } = consume(result$);

    leaver.subscription.unsubscribe();
    for (const source$ of [alone$, shared$]) feed(source$, 1, 2, 3);
    letTimePass();
    ensure(inWords(stayed) === inWords(expected), `alone it hears ${inWords(expected)}, now ${inWords(stayed)}`);
  },

  'lets go of its source when the consumer unsubscribes': (create) => {
    const source$ = new Subject<number>();
    const { subscription } = consume(create()(source$));
    feed(source$, 1);
    subscription.unsubscribe();
    ensure(!source$.observed, 'it is still subscribed to its source');
  },

  'says nothing after the consumer has unsubscribed': (create, letTimePass) => {
    const source$ = new Subject<number>();
    const { heard, subscription } = consume(create()(source$));
    feed(source$, 1, 2);
    subscription.unsubscribe();
    const before = inWords(heard);
    feed(source$, 3);
    source$.complete();
    letTimePass();
    ensure(inWords(heard) === before, `the consumer had left after ${before}, and heard ${inWords(heard)}`);
  },

  'lets go of its source when the consumer leaves from within next': (create, letTimePass) => {
    const source$ = new Subject<number>();
    const leaving = new Subscription();
    let leftAt = Infinity;
    const { heard, subscription } = consume(create()(source$), () => leaving.unsubscribe());
    leaving.add(subscription);
    leaving.add(() => (leftAt = heard.values.length));
    feed(source$, 1, 2, 3);
    letTimePass();
    const after = heard.values.length - leftAt;
    ensure(after <= 0, `the consumer left, and heard ${after} more values`);
    ensure(leftAt === Infinity || !source$.observed, 'it is still subscribed to its source');
  },

  'stops a synchronous endless source once the consumer has left': (create) => {
    const endless = endlessSource();
    let leftAt = ENDLESS;
    consume(
      create()(endless.source$).pipe(
        tap(() => (leftAt = Math.min(leftAt, endless.produced()))),
        take(1),
      ),
    );
    const after = endless.produced() - leftAt;
    ensure(after <= 0, `the consumer left, and the source was made to give ${after} more values`);
  },

  'lets go of its source once it has ended itself': (create, letTimePass) => {
    const source$ = new Subject<number>();
    const { heard } = consume(create()(source$));
    feed(source$, 1, 2, 3);
    letTimePass();
    ensure(heard.ends.length === 0 || !source$.observed, 'it ended by itself, and is still subscribed to its source');
  },

  'ends once and says nothing after the end, whatever its source does': (create, letTimePass) => {
    const source$ = new UnrulySource();
    const result$ = create()(source$);
    if (result$ === source$) return; // it is its source, which is nobody's fault but the source's
    const { heard } = consume(result$);
    letTimePass();
    ensure(heard.ends.length <= 1, `it ended ${heard.ends.length} times`);
    ensure(heard.afterEnd === 0, `it gave ${heard.afterEnd} values after its end`);
  },

  'bears a consumer that feeds the source from within next': (create, letTimePass) => {
    const source$ = new Subject<number>();
    let fed = 0;
    const { heard } = consume(create()(source$), () => {
      if (fed++ === 0) feed(source$, 2, 3);
    });
    feed(source$, 1);
    letTimePass();
    feed(source$, 4);
    source$.complete();
    letTimePass();
    ensure(heard.ends.length <= 1 && heard.afterEnd === 0, `the consumer heard ${inWords(heard)}`);
    ensure(heard.ends.length === 0 || !source$.observed, 'it ended, and is still subscribed to its source');
  },
};

const errors: Record<string, Rule> = {
  'passes the error of its source on, as it is': (create, letTimePass) => {
    for (const before of [[], [1, 2]]) {
      const source$ = new Subject<number>();
      const failure = new Error('of the source');
      const { heard } = consume(create()(source$));
      feed(source$, ...before);
      if (heard.ends.length > 0) continue; // it had enough before the source failed
      source$.error(failure);
      letTimePass();
      const [end] = heard.ends;
      ensure(end?.kind === 'error', `the source failed, the consumer heard ${inWords(heard)}`);
      ensure(end.error === failure, `the source failed, and the consumer got ${showValue(end.error)}`);
    }
  },
};

const completion: Record<string, Rule> = {
  'completes once its source has': (create, letTimePass) => {
    for (const values of [[], [1, 2, 3]]) {
      const source$ = new Subject<number>();
      const { heard } = consume(create()(source$));
      feed(source$, ...values);
      source$.complete();
      letTimePass();
      const completed = heard.ends.length === 1 && heard.ends[0]!.kind === 'complete';
      ensure(completed, `the source completed after ${values.length} values, the consumer heard ${inWords(heard)}`);
    }
  },
};

const callbacks = (throwing: (thrown: unknown) => OperatorFunction<number, unknown>): Record<string, Rule> => ({
  'sends down the error channel what a callback throws, and stops its source': (_, letTimePass) => {
    const thrown = new Error('of the callback');
    const endless = endlessSource();
    const { heard } = consume(throwing(thrown)(endless.source$));
    const produced = endless.produced();
    const error = heard.ends[0]?.error;
    letTimePass();
    ensure(heard.ends[0]?.kind === 'error', `a callback threw, the consumer heard ${inWords(heard)}`);
    const faithful = error === thrown || (error instanceof Error && error.cause === thrown);
    ensure(faithful, `the consumer got ${showValue(error)}, which is not what was thrown, nor has it as its cause`);
    ensure(produced < ENDLESS, 'a callback threw, and the source went on');
  },
});

/** Outside virtual time, whose timers are its own: only the real ones tell of a setTimeout that no scheduler made. */
const leavesNoTimer = (create: Operator): Law => ({
  name: 'leaves no timer behind when the consumer unsubscribes',
  check: () => {
    const left = countTimers(() => {
      const source$ = new Subject<number>();
      const { subscription } = consume(create()(source$));
      feed(source$, 1, 2);
      subscription.unsubscribe();
    });
    ensure(left === 0, `${left} timers are still set`);
  },
});

function inVirtualTime(rule: Rule, create: Operator): void {
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ flush }) => {
    const letTimePass = () => {
      scheduler.maxFrames = scheduler.frame + LONG_MS;
      flush();
    };
    scheduler.maxFrames = 0;
    rule(create, letTimePass);
    scheduler.maxFrames = 0;
  });
}

function consume(
  result$: Observable<unknown>,
  onNext: () => void = () => undefined,
): { readonly heard: Heard; readonly subscription: Subscription } {
  const heard: Heard = { values: [], ends: [], afterEnd: 0 };
  const subscription = result$.subscribe({
    next: (value) => {
      heard.values.push(value);
      if (heard.ends.length > 0) heard.afterEnd++;
      onNext();
    },
    error: (error: unknown) => heard.ends.push({ kind: 'error', error }),
    complete: () => heard.ends.push({ kind: 'complete' }),
  });
  return { heard, subscription };
}

/** What the consumers of one operator value hear, one after the other. */
function useTwice(operator: OperatorFunction<number, unknown>, letTimePass: () => void): readonly string[] {
  return [1, 2].map(() => {
    let subscribed = 0;
    const source$ = new Observable<number>((subscriber) => {
      subscribed++;
      for (const value of [1, 2, 3]) subscriber.next(value);
      subscriber.complete();
    });
    const { heard } = consume(operator(source$));
    letTimePass();
    return `subscribed ${subscribed === 1 ? 'once' : `${subscribed} times`} and gave ${inWords(heard)}`;
  });
}

function feed(source: Subject<number>, ...values: readonly number[]): void {
  for (const value of values) source.next(value);
}

/** Gives values for as long as anybody takes them, all at once; and ends all the same, so that a test does. */
function endlessSource(): { readonly source$: Observable<number>; readonly produced: () => number } {
  let produced = 0;
  const source$ = new Observable<number>((subscriber) => {
    while (!subscriber.closed && produced < ENDLESS) subscriber.next(produced++);
  });
  return { source$, produced: () => produced };
}

/** Goes on after its end, and after everybody has left, as only a source that is not made by RxJS can. */
class UnrulySource extends Observable<number> {
  override subscribe(observer?: Partial<Observer<number>> | ((value: number) => void) | null): Subscription {
    const { next, error, complete } = typeof observer === 'function' ? { next: observer } : (observer ?? {});
    next?.call(observer, 1);
    complete?.call(observer);
    next?.call(observer, 2);
    error?.call(observer, new Error('after the end'));
    complete?.call(observer);
    return new Subscription();
  }
}

function inWords({ values, ends }: Heard): string {
  const end = ends.map(({ kind, error }) => (kind === 'error' ? `error ${showValue(error)}` : kind));
  return [...values.map(showValue), ...end].join(', ') || 'nothing';
}
