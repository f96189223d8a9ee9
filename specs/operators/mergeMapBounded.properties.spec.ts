import fc from 'fast-check';
import { mergeMap, Observable, Subject, VirtualTimeScheduler, type OperatorFunction } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mergeMapBounded, OverflowError } from '../../operators/index.ts';
import { runs } from '../support/seed.ts';

/** An inner source: its values, how long after each other, and its end. */
interface Inner {
  readonly gaps: readonly number[];
  readonly end: 'complete' | 'error' | 'never';
}

interface Scenario {
  readonly concurrency: number;
  readonly inners: readonly Inner[];
  /** How long after the one before each value comes. */
  readonly gaps: readonly number[];
  readonly end: 'complete' | 'error' | 'never';
  readonly leaveAt: number | undefined;
  /** The consumer feeds the source from within next when it gets the values of these places. */
  readonly feedAt: readonly number[];
}

const gap = fc.nat({ max: 4 });
const end = fc.constantFrom('complete', 'complete', 'complete', 'error', 'never');
const inner = fc.record({
  gaps: fc.oneof(fc.constant([]), fc.constant([0]), fc.constant([0, 0]), fc.array(gap, { maxLength: 3 })),
  end: fc.oneof({ weight: 5, arbitrary: fc.constant('complete') }, { weight: 1, arbitrary: end }),
}) as fc.Arbitrary<Inner>;
const scenarios = fc.record({
  concurrency: fc.constantFrom(1, 2, 3, Infinity),
  inners: fc.array(inner, { minLength: 1, maxLength: 5 }),
  gaps: fc.array(gap, { maxLength: 15 }),
  end,
  leaveAt: fc.option(fc.nat({ max: 40 }), { nil: undefined, freq: 4 }),
  feedAt: fc.uniqueArray(fc.nat({ max: 12 }), { maxLength: 4 }),
}) as fc.Arbitrary<Scenario>;

/** Everything that can be told from outside: what is emitted when, what is started when, and for how long it runs. */
function play(
  operatorOf: (project: (n: number) => Observable<string>) => OperatorFunction<number, string>,
  scenario: Scenario,
) {
  const scheduler = new VirtualTimeScheduler();
  const emitted: string[] = [];
  const ran: string[][] = [];
  const source$ = new Subject<number>();

  function project(n: number): Observable<string> {
    const { gaps, end } = scenario.inners[n % scenario.inners.length]!;
    const log = [`value ${n}`];
    ran.push(log);
    return new Observable<string>((subscriber) => {
      log.push(`from ${scheduler.frame}`);
      const finish = (): void => {
        if (end === 'complete') subscriber.complete();
        if (end === 'error') subscriber.error(`error of ${n}`);
      };
      const next = (i: number): void => {
        if (i === gaps.length) {
          finish();
          return;
        }
        const emit = (): void => {
          subscriber.next(`${n}.${i}`);
          next(i + 1);
        };
        if (gaps[i] === 0) emit();
        else subscriber.add(scheduler.schedule(emit, gaps[i]));
      };
      next(0);
      return () => log.push(`to ${scheduler.frame}`);
    });
  }

  let fed = 100;
  const tell = (what: string): void => void emitted.push(`${scheduler.frame} ${what}`);
  const subscription = source$.pipe(operatorOf(project)).subscribe({
    next: (value) => {
      tell(value);
      if (scenario.feedAt.includes(emitted.length - 1)) source$.next(fed++);
    },
    error: (error: unknown) => tell(String(error)),
    complete: () => tell('complete'),
  });

  let frame = 0;
  for (const [n, gap] of scenario.gaps.entries()) scheduler.schedule(() => source$.next(n), (frame += gap));
  if (scenario.end === 'complete') scheduler.schedule(() => source$.complete(), frame + 1);
  if (scenario.end === 'error') scheduler.schedule(() => source$.error('error of the source'), frame + 1);
  if (scenario.leaveAt !== undefined) scheduler.schedule(() => subscription.unsubscribe(), scenario.leaveAt);
  scheduler.flush();
  return { emitted, ran, observed: source$.observed };
}

describe('mergeMapBounded', () => {
  it('does what mergeMap does as long as its waiting line is not full', () => {
    const seen = { errors: 0, waits: 0 };

    fc.assert(
      fc.property(scenarios, (scenario) => {
        const bounded = play((project) => mergeMapBounded(project, { concurrency: scenario.concurrency }), scenario);
        expect(bounded).toEqual(play((project) => mergeMap(project, scenario.concurrency), scenario));
        if (bounded.emitted.at(-1)?.includes('error') === true) seen.errors++;
        if (bounded.ran.length > scenario.concurrency) seen.waits++;
      }),
      runs(2_000),
    );

    expect(Math.min(seen.errors, seen.waits)).toBeGreaterThan(100); // or the scenarios say little
  });

  const policy = fc.constantFrom('error' as const, 'dropOldest' as const, 'dropNewest' as const);
  const step = fc.oneof({ weight: 3, arbitrary: fc.constant('value' as const) }, fc.nat({ max: 5 }));

  it('T4 T5 T6 runs, holds and drops what a simple queue would, and loses nothing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.nat({ max: 4 }),
        policy,
        fc.array(step, { maxLength: 40 }),
        (concurrency, bufferSize, overflow, steps) => {
          const source$ = new Subject<number>();
          const running = new Map<number, Subject<never>>();
          const outcomes = new Map<number, string>();
          let error: unknown;
          function project(n: number) {
            const inner$ = new Subject<never>();
            running.set(n, inner$);
            return inner$;
          }
          const onDrop = (n: number) => void outcomes.set(n, 'dropped');
          source$
            .pipe(mergeMapBounded(project, { concurrency, bufferSize, overflow, onDrop }))
            .subscribe({ error: (failure: unknown) => (error = failure) });

          const model = { running: [] as number[], waiting: [] as number[], outcomes: new Map<number, string>() };
          let given = 0;
          for (const step of steps) {
            if (step === 'value') {
              const n = given++;
              if (model.running.length < concurrency) model.running.push(n);
              else model.waiting.push(n);
              if (model.waiting.length > bufferSize) {
                if (overflow === 'error') {
                  source$.next(n);
                  expect(error).toEqual(new OverflowError('mergeMapBounded', bufferSize));
                  expect([...running.values()].some((inner$) => inner$.observed)).toBe(false);
                  return;
                }
                const dropped = overflow === 'dropOldest' ? model.waiting.shift() : model.waiting.pop();
                model.outcomes.set(dropped!, 'dropped');
              }
              source$.next(n);
            } else if (model.running.length > 0) {
              const [n] = model.running.splice(step % model.running.length, 1);
              model.outcomes.set(n!, 'done');
              if (model.waiting.length > 0) model.running.push(model.waiting.shift()!);
              outcomes.set(n!, 'done');
              const inner$ = running.get(n!)!;
              running.delete(n!);
              inner$.complete();
            }

            expect([...running.keys()]).toEqual(model.running);
            expect(outcomes).toEqual(model.outcomes);
            const waiting = given - outcomes.size - running.size;
            expect(waiting).toBe(model.waiting.length);
            expect(waiting).toBeLessThanOrEqual(bufferSize);
            expect(running.size).toBe(Math.min(concurrency, waiting + running.size));
          }
        },
      ),
      runs(),
    );
  });
});
