import type { OperatorFunction } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Law } from './law.ts';
import { callbackRules, completionRules, errorRules, leavesNoTimer, rules, type Rule } from './operatorRules.ts';

/** What an operator does that not every operator does. */
export interface OperatorTraits {
  /** False for operators whose job is to keep errors from the consumer. Default: true. */
  readonly passesErrors?: boolean | undefined;
  /** False for operators that go on after the source has completed. Default: true. */
  readonly completesWithSource?: boolean | undefined;
  /** The operator with a callback that throws this. Without it, nothing is checked about callbacks. */
  readonly throwing?: ((thrown: unknown) => OperatorFunction<number, unknown>) | undefined;
}

const LONG_MS = 600_000;

/**
 * The rules every pipeable operator keeps, ready for any test runner. The source gives ascending numbers; time is
 * virtual, and ten minutes of it pass wherever an operator may need some. A rule about what happens once a value is out
 * says nothing about an operator that gives none.
 *
 * @example
 * for (const law of operatorLaws(() => mergeMapBounded(of, { concurrency: 2 }))) it(law.name, law.check);
 */
export function operatorLaws(
  create: () => OperatorFunction<number, unknown>,
  traits: OperatorTraits = {},
): readonly Law[] {
  const { passesErrors = true, completesWithSource = true, throwing } = traits;
  const kept: Readonly<Record<string, Rule>> = {
    ...rules,
    ...(passesErrors ? errorRules : {}),
    ...(completesWithSource ? completionRules : {}),
    ...(throwing ? callbackRules(throwing) : {}),
  };
  return [
    ...Object.entries(kept).map(([name, rule]) => ({ name, check: () => inVirtualTime(rule, create) })),
    { name: 'leaves no timer behind when the consumer unsubscribes', check: () => leavesNoTimer(create) },
  ];
}

function inVirtualTime(rule: Rule, create: () => OperatorFunction<number, unknown>): void {
  const scheduler = new TestScheduler(() => undefined);
  scheduler.run(({ flush }) => {
    const letTimePass = () => {
      scheduler.maxFrames = scheduler.frame + LONG_MS;
      flush();
    };
    scheduler.maxFrames = 0; // no time passes but by letTimePass: not even at the end, or an interval would go on for ever
    rule(create, letTimePass);
    scheduler.maxFrames = 0;
  });
}
