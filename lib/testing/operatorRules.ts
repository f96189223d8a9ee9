import { Observable, Subject, Subscription, take, tap, type OperatorFunction } from 'rxjs';
import { countTimers } from './countTimers.ts';
import { ensure } from './law.ts';
import { consume, ENDLESS, endlessSource, feed, inWords, UnrulySource, useTwice } from './operatorProbes.ts';
import { showValue } from './showValue.ts';

type Operator = () => OperatorFunction<number, unknown>;

/** Throws when the operators that `create` makes break it. */
export type Rule = (create: Operator, letTimePass: () => void) => void;

/** What every operator keeps. */
export const rules: Readonly<Record<string, Rule>> = {
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

/** What an operator keeps that lets errors through. */
export const errorRules: Readonly<Record<string, Rule>> = {
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

/** What an operator keeps that ends with its source. */
export const completionRules: Readonly<Record<string, Rule>> = {
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

/** What an operator with callbacks keeps. */
export function callbackRules(
  throwing: (thrown: unknown) => OperatorFunction<number, unknown>,
): Readonly<Record<string, Rule>> {
  return {
    'sends down the error channel what a callback throws, and stops its source': (_, letTimePass) => {
      const thrown = new Error('of the callback');
      const source$ = new Subject<number>();
      const { heard } = consume(throwing(thrown)(source$));
      feed(source$, 1, 2, 3);
      source$.complete();
      letTimePass();
      const [end] = heard.ends;
      ensure(end?.kind === 'error', `a callback threw, the consumer heard ${inWords(heard)}`);
      const faithful = end.error === thrown || (end.error instanceof Error && end.error.cause === thrown);
      ensure(
        faithful,
        `the consumer got ${showValue(end.error)}, which is not what was thrown, nor has it as its cause`,
      );

      const endless = endlessSource();
      consume(throwing(thrown)(endless.source$));
      ensure(endless.produced() < ENDLESS, 'a callback threw, and the source went on');
    },
  };
}

/** Outside virtual time, whose timers are its own: only the real ones tell of a setTimeout that no scheduler made. */
export function leavesNoTimer(create: Operator): void {
  const left = countTimers(() => {
    const source$ = new Subject<number>();
    const { subscription } = consume(create()(source$));
    feed(source$, 1, 2);
    subscription.unsubscribe();
  });
  ensure(left === 0, `${left} timers are still set`);
}
